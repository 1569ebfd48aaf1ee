// The choropleth maps of a page.

import { portalClient } from "../http/client.js";
import { Choropleth } from "./choropleth.js";

const client = portalClient();
for (const box of document.querySelectorAll(".choropleth")) new Choropleth(box, client).show();
