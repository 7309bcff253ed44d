import { Provider, type Configuration, type JWK } from 'oidc-provider';
import { personNumber } from './person-number.ts';

/** What the local identity provider is told at its start. */
export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingKey: JWK;
  /** The service that signs people in; its address is where they return to. */
  readonly relyingParty: string;
}

/** An OpenID provider in which every user name is an account. For one machine only. */
export function createProvider(settings: ProviderSettings): Provider {
  const provider = new Provider(settings.issuer, configure(settings));
  allowLoopbackReturns(provider);
  return provider;
}

function configure({ clientId, clientSecret, signingKey, relyingParty }: ProviderSettings): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${relyingParty}/sign-in/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [signingKey] },
    pkce: { required: () => true },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'person_number'] },
    // The claims go into the id token, so that signing in needs one call less.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_context, username) => ({ accountId: username, claims: () => claimsOf(username) }),
    // The only client belongs to the same system: nobody is asked for consent.
    loadExistingGrant: grantEverything,
    ttl: { Interaction: 3_600, Session: 86_400, Grant: 86_400, AccessToken: 3_600, IdToken: 3_600 },
    cookies: { keys: [clientSecret] },
  };
}

function claimsOf(username: string): { sub: string; [claim: string]: string } {
  return {
    sub: username,
    name: username,
    preferred_username: username,
    person_number: personNumber(username),
  };
}

const grantEverything: NonNullable<Configuration['loadExistingGrant']> = async (context) => {
  const { client, session, provider } = context.oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile');
  await grant.save();
  return grant;
};

/** Ports differ from machine to machine, so a return to any port of this machine is accepted. */
function allowLoopbackReturns(provider: Provider): void {
  const client = provider.Client.prototype as { redirectUriAllowed(uri: string): boolean };
  client.redirectUriAllowed = (uri) =>
    URL.canParse(uri) && ['127.0.0.1', 'localhost'].includes(new URL(uri).hostname);
}
