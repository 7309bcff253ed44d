/** Whether what is written can be redrawn there. A terminal without a size (under a recorder, say) takes lines. */
export function isLive({ isTTY, columns }: NodeJS.WriteStream): boolean {
  return isTTY && columns > 0;
}

/** Data on stdout with `--json`, otherwise lines for people. */
export function tell(options: { readonly json?: boolean }, data: unknown, lines: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(data, null, 2) : lines.join('\n')}\n`);
}
