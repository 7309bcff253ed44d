/** The processes of the whole system, servers first. */
export const processNames = [
  'mongod',
  'kafka',
  'temporal',
  'identity-provider',
  'identity',
  'auditor-identity-provider',
  'auditor',
  'witness',
  'ballots',
  'projects',
  'payments',
  'worker',
] as const;

export type ProcessName = (typeof processNames)[number];

/** Everything that listens: some processes do on two ports. */
export const portNames = [...processNames, 'kafka-controller', 'temporal-ui'] as const;

export type PortName = (typeof portNames)[number];

export type Ports = Readonly<Record<PortName, number>>;
