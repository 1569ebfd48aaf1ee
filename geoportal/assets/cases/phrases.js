// Phrases beside each text of the case's forms: the one that is chosen goes in where the cursor stands.

import { pageData } from "../html/page_data.js";

const { phrases, title } = pageData("phrases");

function offer(text) {
  const choice = document.createElement("select");
  choice.className = "phrases";
  choice.setAttribute("aria-label", title);
  choice.append(new Option(title, ""), ...phrases.map((phrase) => new Option(phrase, phrase)));
  choice.addEventListener("change", () => {
    text.setRangeText(choice.value, text.selectionStart, text.selectionEnd, "end");
    choice.value = "";
    text.focus();
  });
  text.after(choice);
}

if (phrases.length) for (const text of document.querySelectorAll("form textarea:not(.corners)")) offer(text);
