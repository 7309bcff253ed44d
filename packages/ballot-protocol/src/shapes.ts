/** Shapes of what is sent and stored, without the cryptography: importing them costs nothing. */
export { CeremonyShape, ConfirmationShape, Round1Shape, Round2Shape } from './key/ceremony.shape.ts';
export { PollKeyShape, SealedSeedShape } from './manifest/manifest.shape.ts';
