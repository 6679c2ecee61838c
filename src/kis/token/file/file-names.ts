import type { KisCredential } from '../../kis-credential';

/** The files of one credential in the token directory. */
export interface FileNames {
  /** Shared with other programs: `token_PStoMm5NMd_mock.json`. */
  readonly token: string;
  /** A copy of the last token file that was damaged. */
  readonly damaged: string;
  /** The last token file that could not be decrypted, moved here when another token took its place. */
  readonly undecryptable: string;
  /** Name of the claim's record in the database. */
  readonly claim: string;
  /** State that earlier versions have left. */
  readonly earlier: EarlierNames;
}

/** State of earlier versions, one set for each credential. */
export interface EarlierNames {
  /** A claim that was changed under `lock`. */
  readonly claim: string;
  readonly lock: string;
  /** A directory of numbered claims; the highest counts. */
  readonly claims: string;
  /** Permits of calls. */
  readonly pace: string;
}

export function namesFor(credential: KisCredential): FileNames {
  const own = `.token_${credential.fileStem}_${credential.id.slice(0, 8)}`;
  return {
    token: `token_${credential.fileStem}.json`,
    damaged: `${own}.damaged`,
    undecryptable: `${own}.sealed`,
    claim: `claim/${credential.id}`,
    earlier: {
      claim: `${own}.claim`,
      lock: `${own}.lock`,
      claims: `${own}.claims`,
      pace: `${own}.pace`,
    },
  };
}
