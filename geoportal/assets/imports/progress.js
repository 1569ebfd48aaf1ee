// How far an import is: asked for every second, until it has ended and the page shows its report.

import { portalClient } from "../http/client.js";

const INTERVAL = 1000; // milliseconds
const client = portalClient();
const bar = document.getElementById("bar");
const status = document.getElementById("progress-status");
const patterns = document.getElementById("progress-patterns").dataset;
const format = new Intl.NumberFormat(document.documentElement.lang);

async function poll() {
  const answer = await client.get("?format=json").catch(() => null);
  if (answer && answer.state !== "running") {
    location.reload();
    return;
  }
  if (answer?.progress) show(answer.progress);
  setTimeout(poll, INTERVAL);
}

function show({ rows, total, rate, seconds_left: left }) {
  if (total) {
    bar.max = total;
    bar.value = rows;
  }
  const sentences = [
    (total ? patterns.of : patterns.rows)
      .replace("{rows}", format.format(rows))
      .replace("{total}", format.format(total)),
    patterns.rate.replace("{rate}", format.format(rate)),
  ];
  if (left !== null) sentences.push(patterns.left.replace("{left}", format.format(left)));
  status.textContent = sentences.join(" · ");
}

setTimeout(poll, INTERVAL);
