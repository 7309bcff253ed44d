export { verify } from './verify.ts';
export type { VerifyOptions } from './verify.ts';
export { checkNames } from './report.ts';
export type { CheckName, CheckResult, CheckState, Finding, ReceiptResult, Report } from './report.ts';
export { folderPublication } from '../publication/folder.ts';
export { sitePublication } from '../publication/site.ts';
export type { Publication } from '../publication/publication.ts';
export { PublicationError } from '../publication/publication.errors.ts';
export type { PublicationErrorCode } from '../publication/publication.errors.ts';
