/** What a persona writes in place of emoji: Ragnarok's emotes, or texts of its own. */
export type Emotes = 'ragnarok' | Readonly<Record<string, string>>;

/** By the commands that its players type in the chat. */
const RAGNAROK: ReadonlyMap<string, string> = new Map(
  [
    ['/heh', '😀😃😄😁😆😊🙂☺😇😌😏🤗😉'],
    ['/gg', '😂🤣😹'],
    ['/ho', '🎵🎶🎼'],
    ['/lv', '❤💕💖💗💓💝💘😍🥰😻♥💙💚💛💜🧡💞'],
    ['/kis', '😘😗😙😚💋😽'],
    ['/sob', '😢😭😿🥺😞😔😥'],
    ['/ag', '😠😡🤬👿😤💢'],
    ['/omg', '😮😯😲😱😨😵🤯😧'],
    ['/swt', '😅😓💧💦'],
    ['/an', '😣😖😩😫😒🙄😑😕🙁☹'],
    ['/hmm', '🤔🤨🧐🤷'],
    ['/??', '😶😐🤐🫤'],
    ['/meh', '😛😜😝😋🤪'],
    ['/shy', '😳🙈🥹'],
    ['/awsm', '😎🤩🌟'],
    ['/no1', '👍👏💪🏆🥇'],
    ['/ok', '👌🆗✅✔'],
    ['/X', '❌🚫👎'],
    ['/thx', '🙏🙇'],
    ['/grat', '🎉🎊🥳🎂'],
    ['/yawn', '😴💤🥱😪'],
    ['/rice', '🍚🍜🍖🍗🍞🍲🍽🤤'],
    ['/ic', '💡'],
    ['/!', '❗❕‼⚠'],
    ['/?', '❓❔'],
    ['/$', '💰🤑💵🪙💸'],
  ].flatMap(([emote = '', emoji = '']) => [...emoji].map((one) => [one, emote] as const)),
);

/** Emoji in a row, each with its skin tone and variant, and the blanks around. */
const EMOJI_RUN = /\s*(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u200d|\ufe0e|\ufe0f)*\s*)+/gu;
const EMOJI = /\p{Extended_Pictographic}/gu;

/** Emoji that have an emote become it, the same one after itself once; beside one, those that have none go away. */
export function withEmotes(text: string, emotes: Emotes | undefined): string {
  if (emotes === undefined) return text;
  return text.replace(EMOJI_RUN, (run: string, at: number) => {
    const found = [...run.matchAll(EMOJI)].flatMap(([emoji]) => emoteOf(emoji, emotes) ?? []);
    if (found.length === 0) return run;
    const said = found.filter((emote, place) => emote !== found[place - 1]).join(' ');
    const before = /[^\s(]$/.test(text.slice(0, at)) ? ' ' : '';
    const after = /^[^\s.,;:!?)]/.test(text.slice(at + run.length)) ? ' ' : '';
    return `${before}${said}${after}`;
  });
}

function emoteOf(emoji: string, emotes: Emotes): string | undefined {
  return emotes === 'ragnarok' ? RAGNAROK.get(emoji) : emotes[emoji];
}
