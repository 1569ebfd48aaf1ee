// Switching the language comes back to the same place of the page, which the portal cannot see in the address.

for (const form of document.querySelectorAll("form.language"))
  form.addEventListener("submit", () => {
    form.elements.next.value = location.pathname + location.search + location.hash;
  });
