import {
  initialState,
  lifecycles,
  TASK_QUEUE,
  workflowIdOf,
  type LifecycleState,
  type RecordedStep,
  type StateOf,
} from '@talkoot/workflow-contracts';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { follow } from '../../../workflows/test/courses.ts';
import { Running, type Engine } from '../../../workflows/test/engine.ts';
import { Town } from '../../../workflows/test/town.ts';

/** Projects as the people and services around them see them, by what the worker has recorded. */
export class Projects {
  readonly #environment: TestWorkflowEnvironment;
  #town = new Town();
  #onRecord = (_: StateOf<'project'>): void => {};

  constructor(environment: TestWorkflowEnvironment) {
    this.#environment = environment;
  }

  /** To be called with whatever the worker tells. */
  readonly hear = (news: unknown): void => {
    const { state, step } = news as { state: LifecycleState; step: RecordedStep };
    void this.#town.record(state, step);
    this.#onRecord(state as unknown as StateOf<'project'>);
  };

  async start(id: string): Promise<Running<'project'>> {
    const ids = { id, municipalityId: 'lintula', pilotId: 'pil-1', roundId: 'rnd-1', projectId: id };
    const handle = await this.#environment.client.workflow.start(lifecycles.project.workflowType, {
      workflowId: workflowIdOf('project', id),
      taskQueue: TASK_QUEUE,
      args: [initialState('project', ids)],
    });
    // A run needs to know where its engine and its town are, and nothing else of an engine.
    const engine = { town: this.#town, environment: this.#environment } as Engine;
    return new Running('project', id, handle, engine);
  }

  /** Plays a project from the proposal to the last payout; nobody lets anybody wait. */
  async play(id: string): Promise<void> {
    const run = await this.start(id);
    await follow(run);
    await run.handle.result();
  }

  /** Resolves once so many projects have the wait of this stage open. */
  async open(stage: string, count: number, onCount: (done: number) => void): Promise<void> {
    const ids = new Set<string>();
    await new Promise<void>((resolve) => {
      this.#onRecord = (state) => {
        if (state.stage !== stage || state.wait === null) return;
        ids.add(state.id);
        onCount(ids.size);
        if (ids.size >= count) resolve();
      };
    });
    this.#onRecord = () => {};
  }

  /** Forgets what is over, so that the benchmark itself does not grow. */
  forget(): void {
    this.#town = new Town();
  }
}
