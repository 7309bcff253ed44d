import type { Session } from '@talkoot/api-contracts/identity';
import { patiently } from './patience.ts';
import { ServiceUnreachable } from '@talkoot/api-contracts';

/** Sign-in was refused by the identity provider or by identity. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
  readonly code = 'sign-in-failed';

  constructor(message: string) {
    super(`sign-in-failed: ${message}`);
  }
}

/**
 * Signs a person in as a browser would: identity sends them to the identity provider, they fill in its form, and come
 * back with a code that identity exchanges for a session.
 */
export async function signIn(identityUrl: string, username: string, password: string): Promise<Session> {
  return patiently(async () => {
    const browser = new Browser();
    const form = await browser.open(`${identityUrl}/v1/sign-in`);
    // A page that says that identity is not ready has no form to send.
    requireAnswered(username, form.status);
    const answer = await browser.open(form.url, new URLSearchParams({ username, password }));
    requireAnswered(username, answer.status);
    return JSON.parse(answer.text) as Session;
  });
}

/** @throws ServiceUnreachable for what passes by itself; SignInFailed */
function requireAnswered(username: string, status: number): void {
  if (status >= 500) throw new ServiceUnreachable(`Sign-in of ${username} answered ${status}`);
  if (status !== 200) throw new SignInFailed(`${username} was not signed in (${status})`);
}

/** Follows redirects and keeps cookies for each origin. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async open(
    address: string,
    form?: URLSearchParams,
  ): Promise<{ url: string; status: number; text: string }> {
    let url = address;
    let body = form;
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await this.#request(url, body);
      this.#keepCookies(url, response);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || !location) {
        return { url, status: response.status, text: await response.text() };
      }
      await response.body?.cancel();
      url = new URL(location, url).href;
      body = undefined;
    }
    throw new SignInFailed('The sign-in redirects without end');
  }

  async #request(url: string, body: URLSearchParams | undefined): Promise<Response> {
    const cookies = this.#cookies.get(new URL(url).origin) ?? new Map<string, string>();
    const headers: Record<string, string> = { accept: 'application/json, text/html' };
    if (cookies.size > 0)
      headers['cookie'] = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init: RequestInit = { headers, redirect: 'manual', signal: AbortSignal.timeout(15_000) };
    if (body) Object.assign(init, { method: 'POST', body });
    try {
      return await fetch(url, init);
    } catch (cause) {
      throw new ServiceUnreachable(`${new URL(url).origin} does not answer`, { cause });
    }
  }

  #keepCookies(url: string, response: Response): void {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]!.split(/=(.*)/s);
      jar.set(name, value);
    }
    this.#cookies.set(origin, jar);
  }
}
