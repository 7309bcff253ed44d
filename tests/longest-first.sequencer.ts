import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

const kinds = ['journey', 'workflow', 'int', 'contract', 'unit'];
const place = ({ project }: TestSpecification) => kinds.indexOf(project.name);

/** Journeys take minutes and unit tests take milliseconds: begun last, a journey would keep one core busy alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
