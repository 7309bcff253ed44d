import type { Charter } from './charter.ts';

/**
 * Secret keys of the trustees of {@link testCharter}, in their order: hexadecimal Ed25519 seeds and P-256 scalars, as
 * `TrusteeSecretsShape` of the ballot protocol has them.
 */
export const testTrusteeSecrets = ['01', '02', '03'].map((byte) => ({
  signingKey: byte.repeat(32),
  sealingKey: byte.repeat(32),
}));

/** A sound charter for tests, whose phases end by acts. Spread it and change what a test is about. */
export const testCharter: Charter = {
  purpose: 'Residents propose, choose, help deliver and measure projects.',
  currency: 'EUR',
  timeZone: 'Europe/Helsinki',
  holidays: [],
  endOfDay: '16:00',
  endsBy: 'act',
  calendar: { default: { duration: 'P180D' } },
  funds: { round: '4/5', bonus: '3/20', outcome: '1/20' },
  projectCap: { amount: 80_000_00, currency: 'EUR' },
  electorate: { minimumAge: 16, districts: [] },
  threshold: '1/20',
  ballot: { type: 'approval', minChoices: 0, maxChoices: 10 },
  allocation: { rule: 'greedy' },
  poll: {
    batchSize: 2,
    minima: { roll: 4, counted: 2 },
    threshold: 2,
    trustees: [
      {
        name: 'Trustee of the municipality',
        organisation: 'Lintula',
        signingKey: '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
        sealingKey: '026ff03b949241ce1dadd43519e6960e0a85b41a69a05c328103aa2bce1594ca16',
      },
      {
        name: 'Trustee of the auditor',
        organisation: 'Auditor',
        signingKey: '8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394',
        sealingKey: '02550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24',
      },
      {
        name: 'Trustee of the residents',
        organisation: 'Residents of Lintula',
        signingKey: 'ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1',
        sealingKey: '02591ab771ebbcfd6d9cb9094d106528add1a69d44c2c1f627f089ec58b9c61adf',
      },
    ],
  },
  criteria: { quorum: '1/10', withoutQuorum: 'all-equal' },
  measurement: { collections: ['P90D', 'P180D'] },
  impact: { goalOn: 'effect', evidence: 'point', failureValue: '-1', sideEffectsMost: '1/5' },
  bonus: {
    poolShare: '1/10',
    scoreThreshold: '1/4',
    slope: '1',
    cap: '1',
    quorum: '1/1000',
    withoutQuorum: 'pay-nothing',
    defaultShare: 0,
  },
  performance: {
    minimumRaters: 3,
    criteria: [
      { criterion: 'collaboration', weight: '2/5', full: '5' },
      { criterion: 'engagement', weight: '1/5', full: '1/2' },
      { criterion: 'hours', weight: '1/5', full: '1' },
      { criterion: 'skills-taught', weight: '1/10', full: '2' },
      { criterion: 'skills-learned', weight: '1/10', full: '2' },
    ],
  },
};
