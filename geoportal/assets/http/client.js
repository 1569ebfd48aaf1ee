// The one way in which pages ask the portal: with a time-out and the CSRF token; a failure carries a sentence.

const TIMEOUT = 20_000; // milliseconds

/** `status` is 0 where nothing answered in time; `body` is the JSON of the answer, or null. */
export class HttpError extends Error {
  constructor(message, { status = 0, body = null } = {}) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

export class HttpClient {
  /** `sentences`: unreachable() and failed(), in the visitor's language; addresses are relative to `root`. */
  constructor(sentences, root = "") {
    this.sentences = sentences;
    this.root = root;
    this.csrf = "";
  }

  get(address, options) {
    return this.#json(address, options);
  }

  post(address, value, options) {
    const headers = { "Content-Type": "application/json" };
    return this.postForm(address, JSON.stringify(value), { headers, ...options });
  }

  postForm(address, body, { headers = {}, ...options } = {}) {
    return this.#json(address, {
      ...options,
      method: "POST",
      body,
      headers: { ...headers, "X-CSRFToken": this.csrf },
    });
  }

  async blob(address, options) {
    const response = await this.#send(address, options);
    if (!response.ok) throw new HttpError(this.sentences.failed(), { status: response.status });
    return response.blob();
  }

  async #json(address, { headers = {}, ...options } = {}) {
    const response = await this.#send(address, {
      ...options,
      headers: { Accept: "application/json", ...headers },
    });
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    throw new HttpError(body?.error ?? this.sentences.failed(), { status: response.status, body });
  }

  /** An answer that is elsewhere is none: only a page of sign-in or of another portal redirects. */
  async #send(address, { signal, timeout = TIMEOUT, ...options } = {}) {
    const timer = AbortSignal.timeout(Math.ceil(timeout));
    try {
      return await fetch(this.root + address, {
        ...options,
        credentials: "same-origin",
        redirect: "error",
        signal: signal ? AbortSignal.any([signal, timer]) : timer,
      });
    } catch {
      signal?.throwIfAborted();
      throw new HttpError(this.sentences.unreachable());
    }
  }
}

/** For the pages that have the portal's catalogue of texts. */
export function portalClient() {
  return new HttpClient({
    unreachable: () => gettext("The portal cannot be reached; check the network and try again."),
    failed: () => gettext("The portal could not answer; try again."),
  });
}
