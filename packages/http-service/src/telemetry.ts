/** Placeholder until the exporters are wired. */
export async function stopTelemetry(): Promise<void> {}
