import { DomainError } from '@talkoot/http-service';
import * as oidc from 'openid-client';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly redirectUri: string;
}

/** What one attempt to sign in has to prove when it comes back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Claims {
  readonly subject: string;
  readonly personNumber: string | null;
}

/** The identity provider, by authorization code with PKCE. It is discovered at the first sign-in. */
export interface ProviderClient {
  readonly begin: () => Promise<{ readonly attempt: Attempt; readonly address: string }>;
  /** @throws DomainError `sign-in-refused`; `unavailable` when the provider does not answer. */
  readonly complete: (attempt: Attempt, answer: Readonly<Record<string, string>>) => Promise<Claims>;
}

export function providerClient(settings: ProviderSettings): ProviderClient {
  let known: Promise<oidc.Configuration> | undefined;
  const configuration = () => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined;
      throw error instanceof DomainError ? error : new DomainError('unavailable');
    });
    return known;
  };
  return {
    async begin() {
      const config = await configuration();
      const attempt = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const address = oidc.buildAuthorizationUrl(config, {
        redirect_uri: settings.redirectUri,
        scope: 'openid profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { attempt, address: address.href };
    },

    async complete(attempt, answer) {
      const config = await configuration();
      const address = new URL(settings.redirectUri);
      for (const [name, value] of Object.entries(answer)) address.searchParams.set(name, value);
      try {
        const tokens = await oidc.authorizationCodeGrant(config, address, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        const number = claims['person_number'];
        return { subject: claims.sub, personNumber: typeof number === 'string' && number ? number : null };
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<oidc.Configuration> {
  const server = new URL(issuer);
  // Only a provider on this very machine may be spoken to without TLS.
  const local = server.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(server.hostname);
  return oidc.discovery(server, clientId, clientSecret, undefined, {
    timeout: 5,
    ...(local ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    return new DomainError('sign-in-refused');
  }
  if (error instanceof oidc.ClientError) {
    const away = error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT';
    return new DomainError(away ? 'unavailable' : 'sign-in-refused');
  }
  return error;
}
