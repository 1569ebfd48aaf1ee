// The service worker of this page, and how a newer version takes over: when the officer says so.

export class Installation extends EventTarget {
  constructor(address, scope) {
    super();
    this.address = address;
    this.scope = scope;
    this.waiting = null;
    this.ready = false;
    this.offered = null;
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.offered = event;
      this.#tell();
    });
  }

  async begin() {
    if (!navigator.serviceWorker) return;
    const registration = await navigator.serviceWorker.register(this.address, { scope: this.scope });
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      this.ready = true;
      this.#tell();
      if (this.taking) location.reload();
    });
    this.registration = registration;
    if (registration.waiting && navigator.serviceWorker.controller) this.#offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => {
        if (coming.state === "installed" && navigator.serviceWorker.controller) this.#offer(coming);
      });
    });
    await navigator.serviceWorker.ready;
    this.ready = Boolean(navigator.serviceWorker.controller);
    this.#tell();
  }

  checkForUpdate() {
    this.registration?.update().catch(() => null); // without a network the version stays
  }

  takeOver() {
    this.taking = true;
    this.waiting?.postMessage("take over");
  }

  async install() {
    await this.offered?.prompt();
    this.offered = null;
    this.#tell();
  }

  #offer(worker) {
    this.waiting = worker;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
