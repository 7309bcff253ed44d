import { timingSafeEqual } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import { signInPage } from './sign-in.page.ts';

const usernames = /^[A-Za-z0-9._@-]{1,64}$/;

/** The provider's own endpoints, its sign-in page, and the probes every process has. */
export function createApp(provider: Provider, devPassword: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get(['/health', '/ready'], (_request, response) => void response.json({ status: 'ok' }));
  app.get('/sign-in/:uid', async (request, response) => {
    const { uid } = await provider.interactionDetails(request, response);
    response.type('html').send(signInPage(uid));
  });
  app.post('/sign-in/:uid', express.urlencoded({ extended: false, limit: '4kb' }), (request, response) =>
    signIn(provider, devPassword, request, response),
  );
  app.use(provider.callback());
  return app;
}

async function signIn(
  provider: Provider,
  devPassword: string,
  request: Request,
  response: Response,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  const { username, password } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof username !== 'string' || !usernames.test(username)) {
    response
      .status(422)
      .type('html')
      .send(signInPage(uid, 'A user name has letters, digits and . _ @ - only.'));
  } else if (typeof password !== 'string' || !equal(password, devPassword)) {
    response.status(401).type('html').send(signInPage(uid, 'The password is not that of this stack.'));
  } else {
    await provider.interactionFinished(request, response, { login: { accountId: username } });
  }
}

function equal(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
