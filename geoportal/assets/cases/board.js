// Maps of areas by shades, wherever a page has one.

import { Shades } from "./shades.js";

for (const box of document.querySelectorAll(".shades")) new Shades(box).show();
