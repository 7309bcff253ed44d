/** Whether what is written can be redrawn there. A terminal without a size (under a recorder, say) takes lines. */
export function isLive({ isTTY, columns }: NodeJS.WriteStream): boolean {
  return isTTY && columns > 0;
}
