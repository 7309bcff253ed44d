import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Publication } from '../publication/publication.ts';
import type { Findings } from './report.ts';

/** A poll that is being verified: its files, its rules, and what was found so far. */
export interface Audit {
  readonly publication: Publication;
  readonly binding: BindingManifest;
  /** The bytes of `manifest.json`. */
  readonly bytes: Uint8Array;
  readonly findings: Findings;
}
