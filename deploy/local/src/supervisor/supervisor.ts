import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inWaves } from './order.ts';
import { requireFree } from './ports.ts';
import type { ProcessPlan } from './process-plan.ts';
import { usualPolicy, type RestartPolicy } from './restart.ts';
import { SupervisedProcess, type OnChange } from './supervised-process.ts';
import { StartInterrupted, UnknownProcess } from './supervisor.errors.ts';

export interface SupervisorOptions {
  readonly plans: readonly ProcessPlan[];
  /** Folder of the logs, one per process. */
  readonly logs: string;
  readonly policy?: RestartPolicy;
  readonly onChange?: OnChange;
}

/** Runs a set of processes: starts them in the order of their needs, restarts, stops in reverse. */
export class Supervisor {
  readonly processes: readonly SupervisedProcess[];
  #stopping = false;

  constructor({ plans, logs, policy = usualPolicy, onChange = () => {} }: SupervisorOptions) {
    mkdirSync(logs, { recursive: true });
    this.processes = plans.map(
      (plan) => new SupervisedProcess(plan, join(logs, `${plan.name}.log`), policy, onChange),
    );
  }

  /**
   * Resolves when every process serves. Each starts as soon as those it needs are ready.
   * After a failure nothing is left running.
   * @throws PortHeld | NotReady | StartInterrupted
   */
  async start(): Promise<void> {
    this.#stopping = false;
    try {
      await Promise.all(
        this.processes.flatMap(({ plan }) => plan.ports.map((port) => requireFree(port, plan.name))),
      );
      await this.#startEach();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops every process, those that need others first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const waves = inWaves(this.processes.map((process) => ({ ...process.plan, process })));
    for (const wave of waves.reverse()) await Promise.all(wave.map(({ process }) => process.stop()));
  }

  /** @throws UnknownProcess */
  process(name: string): SupervisedProcess {
    const found = this.processes.find(({ plan }) => plan.name === name);
    if (!found)
      throw new UnknownProcess(
        name,
        this.processes.map(({ plan }) => plan.name),
      );
    return found;
  }

  async #startEach(): Promise<void> {
    const started = new Map<string, Promise<void>>();
    for (const wave of inWaves(this.processes.map((process) => ({ ...process.plan, process })))) {
      for (const { name, needs, process } of wave) {
        const before = needs.flatMap((need) => started.get(need) ?? []);
        const ready = Promise.all(before).then(() => this.#startUnlessStopping(process));
        ready.catch(() => {});
        started.set(name, ready);
      }
    }
    await Promise.all(started.values());
  }

  async #startUnlessStopping(process: SupervisedProcess): Promise<void> {
    if (this.#stopping) throw new StartInterrupted();
    await process.start();
  }
}
