import { publicKeyOf } from '@talkoot/ballot-protocol';
import type { IssuerProcess, StackFacts } from './environment.ts';

/** What all boards of this stack are called; a poll's is `<origin>/<municipality>/<poll>`. */
const boardOrigin = 'talkoot.local';
const witnessName = 'auditor.local/witness';

/** Two organisations, of which neither can make voters alone; the witness is the auditor's. */
const organisations: Readonly<Record<IssuerProcess, string>> = {
  identity: 'Municipality (local stack)',
  auditor: 'Independent auditor (local stack)',
};

/** The ballots service: signs boards, and asks the witness to cosign them. */
export function boardEnvironment(facts: StackFacts): Record<string, string> {
  return { BOARD_KEY: facts.secrets.boardKey, BOARD_ORIGIN: boardOrigin, WITNESSES: witnesses(facts) };
}

/** An issuer: signs the logs of its certificates. */
export function issuanceEnvironment(issuer: IssuerProcess, facts: StackFacts): Record<string, string> {
  const { logKey } = issuer === 'identity' ? facts.secrets : facts.secrets.auditor;
  return {
    ISSUER_ORGANISATION: organisations[issuer],
    LOG_KEY: logKey,
    WITNESSES: witnesses(facts),
  };
}

/** The witness: which key signs which logs, and whose ballots its relay takes. */
export function witnessEnvironment({ secrets, ports }: StackFacts): Record<string, string> {
  const logs = [
    { suffix: '', key: secrets.boardKey },
    { suffix: '/issuance/municipality', key: secrets.logKey },
    { suffix: '/issuance/auditor', key: secrets.auditor.logKey },
  ];
  return {
    BALLOTS_URL: `http://127.0.0.1:${ports.ballots}`,
    // Phases of local polls end by acts, within seconds.
    RELAY_LONGEST_REST: '2',
    WITNESS_NAME: witnessName,
    WITNESS_KEY: secrets.witnessKey,
    WITNESSED_LOGS: JSON.stringify(
      logs.map(({ suffix, key }) => ({ prefix: `${boardOrigin}/`, suffix, publicKey: publicKey(key) })),
    ),
  };
}

function witnesses({ ports, secrets }: StackFacts): string {
  const witness = {
    name: witnessName,
    organisation: organisations.auditor,
    publicKey: publicKey(secrets.witnessKey),
    url: `http://127.0.0.1:${ports.witness}`,
  };
  return JSON.stringify([witness]);
}

const publicKey = (seed: string): string =>
  Buffer.from(publicKeyOf(Buffer.from(seed, 'base64'))).toString('hex');
