// How far the jobs of a page are: asked for until one has ended and the page shows what came of it.

import { HttpClient } from "../http/client.js";

const EVERY = 1000; // milliseconds
const client = new HttpClient({ unreachable: String, failed: String }); // what fails is asked again, without a word
const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

for (const place of document.querySelectorAll("[data-job]")) follow(place);

function follow(place) {
  const part = (name) => place.querySelector(`[data-part="${name}"]`);
  const bar = part("bar");
  const said = part("said");
  const state = part("state");
  const words = part("words").dataset;

  async function ask() {
    const answer = await client.get(`${place.dataset.job}?format=json`).catch(() => null);
    const told = answer?.job;
    if (told && !told.is_active) {
      location.reload();
      return;
    }
    if (told) show(told);
    setTimeout(ask, EVERY);
  }

  function show(told) {
    if (state.textContent !== told.state_title) state.textContent = told.state_title;
    if (told.begun === null) return;
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
    } else {
      bar.removeAttribute("value");
    }
    said.textContent = [told.phase, ...amount(told), ...left(told)].filter(Boolean).join(" · ");
  }

  function amount({ done, total, rate }) {
    if (!done && !total) return [];
    const pattern = total ? words.of : words.done;
    const far = pattern.replace("{done}", format.format(done)).replace("{total}", format.format(total ?? 0));
    return rate ? [far, words.rate.replace("{rate}", format.format(rate))] : [far];
  }

  function left({ seconds_left: seconds }) {
    if (seconds === null) return [];
    if (seconds < 90) return [words.seconds.replace("{left}", format.format(seconds))];
    if (seconds < 5400) return [words.minutes.replace("{left}", format.format(Math.round(seconds / 60)))];
    return [words.hours.replace("{left}", format.format(seconds / 3600))];
  }

  setTimeout(ask, EVERY);
}
