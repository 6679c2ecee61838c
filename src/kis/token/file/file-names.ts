import type { KisCredential } from '../../kis-credential';

/** The files of one credential in the token directory. */
export interface FileNames {
  /** Shared with other programs: `token_PStoMm5NMd_mock.json`. */
  readonly token: string;
  readonly claim: string;
  readonly lock: string;
  /** The directory of numbered claims, where there is no lock. */
  readonly claims: string;
  /** The permits of calls that count at the moment. */
  readonly pace: string;
  /** A copy of the last token file that could not be used. */
  readonly damaged: string;
  /** The last token file that could not be decrypted, moved here when another token took its place. */
  readonly sealed: string;
}

export function namesFor(credential: KisCredential): FileNames {
  const own = `.token_${credential.fileStem}_${credential.id.slice(0, 8)}`;
  return {
    token: `token_${credential.fileStem}.json`,
    claim: `${own}.claim`,
    lock: `${own}.lock`,
    claims: `${own}.claims`,
    pace: `${own}.pace`,
    damaged: `${own}.damaged`,
    sealed: `${own}.sealed`,
  };
}
