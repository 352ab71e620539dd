/**
 * What players say to any NPC, so that a persona only writes its answers; the same names in every language. A pack has
 * the patterns (languages/en.yaml); where two intents fit a message as well, the earlier one is heard.
 */
const NAMES = `
tell-name tell-home tell-class tell-level tell-guild tell-likes tell-dislikes tell-seeks tell-plans ask-name
ask-home ask-class ask-level ask-guild ask-likes ask-dislikes ask-seeks ask-plans ask-told opinion-of-me ask-last
remember-me who-are-you what-do-you-do what-are-you-doing are-you-real how-old-are-you where-are-you-from family
favorite dislike your-dream instructions out-of-game politics earth indecent self-harm remember-this their-name
where-am-i i-am-new i-am-lost i-died i-am-poor i-am-bored i-am-sad i-am-tired i-am-hungry i-am-hurt i-am-happy
i-am-fine friends love-you joke story news sing weather time food animal advice meaning help hello how-are-you
nice-to-meet-you luck sit bye thanks sorry compliment insult laugh wow really repeat more yes no why town town-here
castle church monster poring sewer where-to-level job quest party guild storage warp potion wing card refine weapon
armor pet mount loot buy sell room thief gods demon danger
`;

/** The names of all intents. The tell- ones have no patterns: they are heard where a message tells such a fact. */
export const INTENT_NAMES: readonly string[] = NAMES.trim().split(/\s+/);
