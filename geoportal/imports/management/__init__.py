from importers.pipeline.slim_process import import_pyogrio_alone

import_pyogrio_alone()
