/** Everything the supervisor must know to run one process. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Working directory; that of the supervisor when absent. */
  readonly directory?: string;
  /** The whole environment of the process: nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ports it will listen on; each must be free before the first start. */
  readonly ports: readonly number[];
  /** Processes that must be ready before this one starts, and stop after it. */
  readonly needs: readonly string[];
  /** Work before every start, such as formatting an empty data directory. Must be repeatable. */
  readonly prepare?: () => Promise<void>;
  /** One look at the process: true when it serves. A rejection counts as "not yet". */
  readonly probe: () => Promise<boolean>;
  /** Milliseconds from spawn until `probe` must have succeeded. */
  readonly readyWithin: number;
  /** Milliseconds between asking it to stop and killing it. */
  readonly stopWithin: number;
}

/** The variables every process gets, taken from the environment of the stack itself. */
export function inherited(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'LC_ALL',
    'TMPDIR',
    'JAVA_HOME',
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
  ];
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
