/** Names of the public files (PROTOCOL §7). */
export const files = {
  manifest: 'manifest.json',
  roll: (issuer: string) => `roll.${issuer}.bin`,
  issuance: (issuer: string) => `issuance.${issuer}.bin`,
  issuanceCheckpoints: (issuer: string) => `issuance.${issuer}.checkpoints`,
  board: 'board.bin',
  boardCheckpoints: 'board.checkpoints',
  complaints: 'complaints.json',
  closing: 'closing.json',
  release: 'release.json',
  desks: 'desks.json',
  result: 'result.json',
} as const;
