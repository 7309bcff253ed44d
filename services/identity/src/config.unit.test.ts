import { newSigningKey } from '@talkoot/ballot-protocol';
import { expect, it } from 'vitest';
import { identityConfig } from './config.ts';

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');
const witness = {
  name: 'witness',
  organisation: 'Audit office',
  publicKey: Buffer.from(newSigningKey().publicKey).toString('hex'),
  url: 'http://127.0.0.1:4000',
};
const environment = {
  PORT: '4001',
  MONGODB_URL: 'mongodb://127.0.0.1/identity',
  IDENTITY_URL: 'http://127.0.0.1:4001',
  SERVICE_KEYS_DIR: '/keys',
  OIDC_ISSUER: 'http://provider.test',
  OIDC_CLIENT_ID: 'talkoot',
  NATIONAL_ID_KEYS: JSON.stringify([{ id: 'k1', key: base64(32) }]),
  IDENTITY_TOKEN_KEY_FILE: '/key.jwk.json',
  ISSUER_NAME: 'auditor',
  ISSUER_ORGANISATION: 'Audit office',
  ISSUER_CUSTODY_KEY: base64(32),
  LOG_KEY: base64(32),
  WITNESSES: JSON.stringify([witness]),
};

it('says who issues, by which key logs are signed, and who witnesses them', () => {
  const config = identityConfig(environment);
  expect(config).toMatchObject({ ISSUER_ORGANISATION: 'Audit office', WITNESSES: [witness] });
  expect(config.LOG_KEY).toEqual(Buffer.alloc(32, 7));
});

it.each([
  ['ISSUER_ORGANISATION', ''],
  ['ISSUER_CUSTODY_KEY', base64(31)],
  ['LOG_KEY', ''],
  ['LOG_KEY', base64(33)],
  ['LOG_KEY', 'not base64'],
  ['WITNESSES', ''],
  ['WITNESSES', '[]'],
  ['WITNESSES', 'not JSON'],
  ['WITNESSES', JSON.stringify([{ ...witness, organisation: undefined }])],
  ['WITNESSES', JSON.stringify([{ ...witness, publicKey: '00'.repeat(32) }])],
  ['WITNESSES', JSON.stringify([{ ...witness, publicKey: witness.publicKey.toUpperCase() }])],
  ['WITNESSES', JSON.stringify([{ ...witness, url: 'ftp://witness.test' }])],
  ['WITNESSES', JSON.stringify([witness, { ...witness, name: 'again' }])],
  ['NATIONAL_ID_KEYS', 'not JSON'],
])('refuses to start with %s=%s', (name, value) => {
  expect(() => identityConfig({ ...environment, [name]: value })).toThrow(name);
});
