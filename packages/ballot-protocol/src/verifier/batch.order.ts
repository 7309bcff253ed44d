import { compareBytes } from '../bytes.order.ts';

/**
 * How each entry of a log, taken one after the other from the first after its leaf 0 on, stands to the one before it in its batch: above
 * 0 if that one is greater, 0 if they are equal, below 0 where it ascends or begins a batch. A batch ends where a checkpoint was made.
 */
export function orderInBatches(
  checkpoints: readonly { readonly size: number }[],
): (entry: Uint8Array) => number {
  const ends = new Set([1, ...checkpoints.map(({ size }) => size)]);
  let before: Uint8Array = new Uint8Array();
  let size = 1;
  return (entry) => {
    const order = ends.has(size) ? -1 : compareBytes(before, entry);
    size += 1;
    before = entry;
    return order;
  };
}
