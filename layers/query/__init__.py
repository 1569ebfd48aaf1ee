"""Questions over layers: what is asked, how it is written, and the SQL that answers it for one viewer."""
