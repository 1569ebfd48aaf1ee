// How far an import is: asked for every second, until it has ended and the page shows its report.

const EVERY = 1000; // milliseconds
const bar = document.getElementById("bar");
const said = document.getElementById("said");
const patterns = document.getElementById("pattern").dataset;
const format = new Intl.NumberFormat(document.documentElement.lang);

async function ask() {
  const answer = await fetch("?format=json").catch(() => null);
  const told = answer?.ok ? await answer.json() : null;
  if (told && told.state !== "running") {
    location.reload();
    return;
  }
  if (told?.progress) show(told.progress);
  setTimeout(ask, EVERY);
}

function show({ rows, total, rate, seconds_left: left }) {
  if (total) {
    bar.max = total;
    bar.value = rows;
  }
  const words = [
    (total ? patterns.of : patterns.rows)
      .replace("{rows}", format.format(rows))
      .replace("{total}", format.format(total)),
    patterns.rate.replace("{rate}", format.format(rate)),
  ];
  if (left !== null) words.push(patterns.left.replace("{left}", format.format(left)));
  said.textContent = words.join(" · ");
}

setTimeout(ask, EVERY);
