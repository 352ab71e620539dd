/** What servers, proxies and guards write in place of an answer, with status 200. */
const NOTICES: readonly RegExp[] = [
  /^\W*(?:http(?:\/[\d.]+)? )?[45]\d\d (?:[A-Z][\w-]+ ?){1,4}\W*$/,
  /^\W*(?:internal server error|bad gateway|service unavailable|gateway time-?out|too many requests|rate limit exceeded|upstream (?:connect|request) .{0,80})\W*$/i,
  /^\W*(?:(?:[A-Z]\w*)?Error|error|ERROR|Exception)(?: code)?\s*[:=\d]/,
  /^\W*traceback \(most recent call last\)/i,
  /^\W*data:\s*(?:\[DONE\]|\{)/,
  // Llama Guard and its kin judge what was said.
  /^\s*(?:safe|unsafe(?:\s+S\d{1,2}(?:\s*,\s*S\d{1,2})*)?)\s*$/,
  /^\s*%(?:7b|5b)%/i,
];

/** Tells whether a text is a server's own: an error, the end of a stream, or the verdict of a guard. */
export function isNotice(text: string): boolean {
  return NOTICES.some((pattern) => pattern.test(text));
}
