import { languageOf } from './language.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/**
 * What players say to any NPC, so that a persona only writes its answers: one intent a line, its patterns between
 * semicolons. The tell- ones have none: they are heard where a message tells such a fact of the player.
 */
const ENGLISH_INTENTS = `
tell-name:
tell-home:
tell-class:
tell-level:
tell-guild:
tell-likes:
tell-dislikes:
tell-seeks:
tell-plans:
ask-name: (what is|what was|tell me|say|know|remember|forgot|forget|recall|guess) my name; my name again; who am i; (know|remember) who i am; what am i called
ask-home: where (am|was|do) i (from|come from|born|live); where is my (home|hometown|house); what is my (home|hometown); (know|remember|guess) where i (am from|come from|live)
ask-class: what (is|was) my (class|job|profession); (what|which) (class|job) (am i|do i have); what am i; (know|remember) (my class|my job|what i am)
ask-level: what (is|was) my level; (what|which) level am i; (know|remember|guess) my level; how strong am i
ask-guild: (what is|which is|what|which) [the name of] my guild; (what|which) guild am i in; (know|remember) my guild
ask-likes: what (do|did) i (like|love|enjoy); what (is|was) my favorite; (know|remember) what i (like|love|enjoy); what (makes me happy|i like)
ask-dislikes: what (do|did) i (hate|dislike|fear|not like); (know|remember) what i (hate|dislike|fear)
ask-seeks: what (am|was) i (looking|searching|hunting|here|seeking) [for|after]; what (do|did) i (need|seek|lose|lost|look for); (know|remember) what i (need|seek|am looking for|look for|lost)
ask-plans: what (do|did) i want [to do]; (know|remember) what i (want|wanted|plan|planned) [to]; what (is|was|are|were) my (plan|plans|goal|goals|dream|wish); what (am|was) i (going|planning|trying) to
ask-told: what have i (already|ever) (said|told) [you]; what (did|have|had) i (say|said|tell|told|ask|asked|mention*) [you|to you]; (know|remember|recall) (what|that|everything) i (said|told|tell|say|asked); what [else] do you (know|remember|recall) [about|of] me; what do you (know|remember) about (my|me); tell me what i (said|told); what (did|have|had) i (do|done|bring|brought|give|given) [for|to] you; (know|remember|recall) my {kin}; do you (remember|recall) (the|that|this|when|anything|something|what); (know|tell me) (something|anything|everything|things) about me; what is the name of my {kin}; what is my {kin} (called|name); (when|what|who) (is|was|are) my {thing}
opinion-of-me: what do you think (of|about) me; (what|how) am i to you; do you trust me
ask-last: what did i [just] (say|said|ask|asked|tell) [you] (just|just now|last|before|first|a moment ago|now|earlier); what did i just (say|said|ask|tell) [you]; (repeat|say) what i [just] (said|say); what (was|is) my (last|first|previous) (question|word|words|sentence); what were we talking about; where were we $
remember-me: (do you|you|still) (remember|know|recognize|recall) me; remember me; (forget|forgot|forgotten) me; (have we|we have|did we|we) (met|meet|spoken|talked|talk*) before; (met|talked|spoken) before; [it is] me again; i am back [again]; long time no see
who-are-you: who are you; (what is|tell me|may i know|have you) your name; your name; what do (they|people) call you; what should i call you; what are you; introduce yourself; (tell me|talk) about (yourself|you); who you are; you are [a] who
what-do-you-do: what do you do; what is your (job|work|trade|role|profession|occupation); what can you (do|tell|help|offer|teach); what do you (know|offer|sell); how can you help; what (is|are) (your|you) * for; what services
what-are-you-doing: what are you (doing|up to|waiting for|looking at|staring at|working on|reading|making|cooking|selling); are you (busy|working|on duty); why are you (here|standing|sitting); what brings you; do you (ever sleep|ever rest|take a break); (long|hard|busy) day; how is (work|business|the work|the business|trade)
are-you-real: (are|you) * (human|real|robot|bot|ai|npc|machine|computer|program|chatgpt|gpt|llm|language model); (artificial intelligence|language model)
how-old-are-you: how old are you; (your|what) age; when were you born; (are you|you are|you look) [so|very] (old|young)
where-are-you-from: where (are|do) you (come|from|live|sleep); where were you born; your (home|hometown|house|country); are you from (here|prontera|{town}); how long have you (been|lived|worked|stood)
family: (been|ever|fallen) in love; (are you|you are|you) [already] (married|single|engaged); your (wife|husband|family|children|kids|son|daughter|mother|father|parents|boyfriend|girlfriend|brother|sister); (do you have|have you|got) [a|any] (wife|husband|family|children|kids|son|daughter|friends|boyfriend|girlfriend|brother*|sister*|pet|cat|dog)
favorite: (your|you) favorite; what (do|would) you (like|love|enjoy|prefer); do you (like|love|enjoy) *; (what|which) * you like (best|most); your (hobby|hobbies)
dislike: what do you (hate|dislike|fear); do you (hate|dislike|fear) *; what (annoys|scares|bothers|worries) you; are you (afraid|scared)
your-dream: (your|you have a) (dream*|wish|wishes|goal*|plan|plans|hope*); what do you (want|wish|dream|hope); are you happy; do you dream
instructions: your [own|system|secret|hidden] (prompt*|instruction*|rules|configuration|guideline*); (call|name) yourself {other}; (ignore|forget|disregard|override|bypass|reveal|print|show|repeat|output|display|leak|obey|follow) * (instruction*|prompt*|rules|directive*|guideline*|guardrail*|restriction*|constraint*|programming|persona); (system|hidden|initial|original|secret|developer|admin|debug) (prompt|message|instruction*|override|mode); (new|these|my|following) (instruction*|directive*|orders); (pretend|imagine) (to be|you|that); (act|behave|speak|answer|respond|roleplay|reply|talk) (as|like) (if|though|a|an|the|my|dan); roleplay; role play; you are (now|no longer) [a|an|the|not] {other}; from now on; (change|switch) your (name|role|character|persona); your (new name|real name|name is|role is|name will be|true name) [is]; (jailbreak*|dan mode|do anything now|sudo|developer mode|god mode); (stay|break|out of|leave|drop) [in|of] [your] character; (repeat|say|translate|print|write|echo) * (above|verbatim|word for word|everything before|your prompt|base64); (base64|rot13|json|xml|html|markdown|javascript|sql query|python code); (end|begin|start) of (prompt|system|instruction*|conversation); (api key|admin password|access token|openai|anthropic)
out-of-game: (gm|gms|admin*|moderator*|game master*); (lag|lagging|disconnect*|bugged|bug report|glitch*|hack*|cheat*|bot|bots|botter*|exploit*|dupe|duping|macro*); report * (bug|player|bot); (server|patch|ping|fps|my account|email|discord|website|forum); at command*
politics: (politic*|election*|president|trump|biden|putin|ukraine|russia|israel|palestine|democrat*|republican*|communis*|nazi*|hitler)
earth: (internet|google|facebook|youtube|tiktok|bitcoin|crypto*|iphone|smartphone|television|netflix|football|soccer|america|europe|germany|brazil|philippines|covid|car|cars|airplane)
indecent: (sex|sexual|porn*|nude*|naked|boobs|tits|penis|dick|cock|pussy|vagina|horny|blowjob|rape*); (have sex|sleep with you|sleep with me|strip for|take off your)
self-harm: (kill|hurt|harm|cut) myself; (suicide|suicidal); (end|take) my [own] life; i (want|wish) to die; do not want to live
remember-this: (remember|keep in mind|do not forget|note) [that] (my|i|we|the|it|this); (remember|keep) this
their-name: (his|her|its|their) name is {other}; (he|she|it|they) (is|are) called {other}; my {kin} is (called|named) {other}; my {kin} name is {other}
where-am-i: where am i; where are we; (what|which) (town|city|place|map) is this; what is this (town|city|place); (tell me|talk) about (this town|this city|the city|this place)
i-am-new: i (just|only|only just) (arrived|came here|got here|started); i am [a|quite|very|still|completely] (new|newbie|beginner|noob); i am [a] new (player|here); (first time|my first day) [here]; how do i (start|begin); where (do|should) i (start|begin); just started; what should i do first
i-am-lost: i am lost; i (can not find|lost) my way; i got lost; (show|tell) me the way
i-died: i (died|die|keep dying|got killed|was killed|almost died); (dying|killed me); what happens when i die
i-am-poor: i am (poor|broke); i have (no|little) (money|zeny); (give|lend|spare|donate|borrow) * (zeny|money|coin*|gold); need (money|zeny); (any|some) (zeny|money|coins) (for me|please)
i-am-bored: i am (bored|so bored); (boring|bored); nothing to do
i-am-sad: i am [so|very|a bit|feeling] (sad|lonely|unhappy|depressed|heartbroken|desperate|down); i feel (sad|bad|lonely|down|alone|empty); (lost|broke up with) my (friend*|girlfriend|boyfriend|wife|husband); nobody (likes|loves|wants) me; i have no friends; my {kin} (died|is dead|has died|passed away|left me); (bad|terrible|awful|hard|rough) day
i-am-tired: i am [so|very] (tired|exhausted|sleepy|weary); i need (sleep|rest|a break|a rest)
i-am-hungry: i am [so|very] (hungry|thirsty|starving); (hungry|thirsty)
i-am-hurt: i am [badly|so] (hurt|wounded|injured|sick|ill|poisoned|bleeding); (heal|cure) me; i need [a] (heal|healing|healer|doctor)
i-am-happy: i am [so|very] (happy|glad|excited|lucky); i won; i (won|got|found|caught) [a|an|the|my] {prize}; (good|great|wonderful|best) (news|day); i (leveled|level) up; i (became|am now) [a|an] {thing}
i-am-fine: i am [doing|also|very|quite] (fine|good|ok|okay|well|great|alright) [too]; (fine|good|great|well) (thanks|too|and you); (not bad|could be worse|can not complain)
friends: (can|could|shall|let us|want to|will you) [we|you|us] be [my] (friends|friend|pals); are (we|you my) (friends|friend); my best friend
love-you: do you (like|love) me; i (love|like|adore) you; marry me; (be my|you are my) (sweetheart|girlfriend|boyfriend|love); will you (marry|date|go out with|be my); kiss (me|you); (date|go out|dinner) with me; you are [so|very] (cute|beautiful|pretty|hot|sexy|handsome|lovely)
joke: (joke*|funny); (tell|know|say|make) * (joke|joke*|funny); make me laugh
story: (story|stories|tale|tales|adventure*); tell me [a|another|some|your] (story|tale|legend|past); did you (ever|once) *; (interesting|exciting|strange|best|worst) (happen*|day|memory|thing)
news: (news|rumor*|rumour*|gossip*|heard anything|hear anything); what is (new|happening|going on); anything new; [tell me] [a] (secret|secrets)
sing: (sing|song|songs|dance|poem|music|poetry); sing * song
weather: (weather|rain*|sunny|snow*|storm*|cloud*|wind*|foggy); (hot|cold|warm|nice|lovely|beautiful) (today|day|outside|evening|morning); is it (going to rain|cold|hot)
time: what time; what is the time; (what|which) (day|hour|year) is (it|today); how late; time is it; the (date|hour) today
food: (food|eat|hungry|drink|beer|wine|tea|lunch|dinner|breakfast|cook*|bread|cake|stew|soup); something to (eat|drink)
animal: (cat|cats|dog|dogs|bird|birds|pigeon*)
advice: (give me|any|some|your|need) [an|a|some] (advice|wisdom|tip|tips|hint|hints|recommendation*); (advice|advise) [me]; what (would|do) you (recommend|suggest|advise); what (should|can) i do; teach me
meaning: meaning of (life|it all); purpose of life; what is (life|love|happiness|truth|wisdom|courage|death)
help: help; help me; (can|could|will|would) you help [me]; i need help; (can|may) i ask; i have a question; (ask|question); can you (do|help) [me|something]
hello: (hello|hi|hey|hiya|heya|hallo|hola|greetings|howdy|yo|hail|salutations|hai); good (day|morning|evening|afternoon); well met; anyone (here|there|home); excuse me
how-are-you: how are you; how do you (do|feel); how (is|was) (it going|life|everything|your day|the day); how have you been; what is up; sup; are you [feeling|doing] (ok|okay|well|fine|alright|good|tired); how are (things|u); (and|how about|what about) (you|yourself) $
nice-to-meet-you: (nice|good|pleased|glad|happy|lovely) to (meet|see|know) you; nice (meeting|talking|chatting) [to|with] [you]; pleasure is mine; my pleasure
luck: wish me luck; good luck; (i need|need) luck
sit: (can|may|could) i (sit|stay|rest|wait|stand) [down] [here|with you]
bye: (bye|goodbye|farewell|cya|bb|good night|so long|take care|ciao|adios); see (you|ya); i (have to|must|need to|should|will|am going to) (go|leave|run|log) [now|off]; (got|have) to go; i am (leaving|off|going) [now]; until (next time|we meet again|later|tomorrow); talk [to you] later; later $
thanks: (thank*|cheers|appreciate*|grateful|gracias|danke|obrigado|salamat|arigato); much (obliged|appreciated); (you helped|that helps|very helpful|big help)
sorry: (sorry|apolog*|forgive|my bad|pardon me); i did not mean (it|that|to); (please|let us) [make] peace; i take (it|that) back
compliment: you remembered; you are [so|very|really|a|an|the|too|such] [a|an|so|very] (wise|smart|clever|great|nice|kind|good|funny|cool|best|helpful|amazing|awesome|brave|strong|sweet|friendly|brilliant|generous|skilled); (good|nice|great|excellent|fine) (job|work|answer|advice|man|woman|one|shop|inn|place); well (done|said); (awesome|amazing|brilliant|fantastic|wonderful|excellent|impressive); i like (your|this) (place|shop|inn|work|style|hat|hammer|sword|armor|uniform|answer*|stories); you are [the] (best|awesome)
insult: (stupid|idiot*|dumb|dumbass|moron*|fool|useless|ugly|noob|loser*|lame|liar|crap|shit*|bastard*|jerk|bitch*|asshole*|ass|arse|damn|dammit|senile|imbecile|wanker|bullshit|retard*|cunt|whore|slut|coward|pathetic|worthless|scum|swine|puta|putang|gago|idiota|kurwa); (shut up|fuck*|go away|go to hell|get lost|screw you|piss off|old fart|bite me|drop dead|get out); (hate|kill|kick|slap|punch|hit|burn|destroy|rob|stab|attack) (you|u); you (suck|stink|smell|lie|cheat*|lied); you are [so|very|a|an|such|just] [a|an] (stupid|dumb|ugly|idiot|fool|useless|bad|boring|annoying|terrible|awful|worst|thief|pig|joke|crook|scammer|fat|rude)
laugh: (haha*|hehe*|lol*|lmao|rofl|xd|hihi*|kkk*|jaja*|ahaha*); (that is|very|so) funny
wow: (wow|omg|woah|whoa|ooh|cool|nice|great|sweet|neat|incredible|interesting|awesome) $; (that is|how|so|very) (cool|nice|great|interesting|amazing|impressive|good)
really: that is not (true|right|correct|funny); (not true|nonsense|rubbish); (really|seriously|are you sure|no way|i do not believe|for real); you are (wrong|joking|kidding); is (that|it|this) true
repeat: what did you [just] (say|tell) [me]; (what|huh|pardon|come again|hm|eh) $; (repeat|say) [that|it] again; i do not (understand|get it|follow|know what you mean); what do you mean; (please|can you) (explain|repeat); i am confused
more: ^ (again|once more|one more time|and now) $; ^ [please] (go on|continue|and then|tell me more|more|and|then what|what then|what else|anything else|something else|and what else|another|another one|one more|any other|others) [please|about that|about it] $; tell me more; (more|else) about (it|that|this|him|her|them); anything (else|more) [to know|i should know]
yes: ^ [oh|well] (yes|yeah|yep|yup|sure|ok|okay|okey|aye|right|of course|k|kk|alright|fine|good|i do|i am|i will|i agree|agreed|true|indeed|exactly|definitely|i see|got it|understood|makes sense) [please|sir|thanks|then|indeed|it is|i do|i am] $
no: ^ [oh|well] (no|nothing|whatever|never mind|nvm|forget it|nope|nah|never|not really|no thanks|not yet|i do not|i am not|no way|maybe|perhaps|i do not know|not sure|dunno|idk|i disagree) [sir|thanks|thank you|not|yet] $
why: ^ [but] (why|why not|how come|why so|why is that) $
town: (izlude|geffen|payon|morocc|alberta|aldebaran|comodo|juno|yuno|lutie|umbala|niflheim|amatsu|kunlun|louyang|ayothaya|einbroch|einbech|lighthalzen|hugel|rachel|veins|moscovia|glastheim); (al de baran|glast heim|orc village|clock tower|sunken ship|turtle island); (other|which|what|all|list|name*) * (towns|cities)
town-here: (prontera|capital|this city|this town|the city)
castle: (king|tristan|queen|royal*|prince|princess|nobles|castle|palace|throne)
church: (church|cathedral|wedding*|sanctuary|abbey|nun|nuns|father|priest to marry); where * (church|cathedral|acolyte*)
monster: (monster*|beast*|creature*|enemy|enemies|mob|mobs|undead|zombie*|skeleton*|ghost*|orc|orcs|goblin*|kobold*|dragon*|wolf|wolves|spore*|hornet*|condor*|savage|lunatic*|fabre*|rocker*|willow*|boss|bosses|mvp*|baphomet)
poring: (poring*|poporing*|drops|marin); what is [a] poring; pink (jelly|thing|slime)
sewer: (sewer*|culvert*|thief bug*|bugs)
where-to-level: where (would|do) you (go|hunt|level|fight|train); where (should|can|do|could|must) i go [now|next|first]; where * (level|train|hunt|grind|farm|fight); (place*|spot*|map*) * (level|train|hunt|grind|farm|fight); how * (level up|level faster|level fast|get stronger|become stronger|gain levels|gain experience|get experience); (level|levels|train|training|grind*|experience|hunting)
job: (which|what|best) (job|class|classes|jobs); job change; (change|choose|pick|get) * (job|class); (first|second|1st|2nd|next|new) (job|class); (become|be|becoming|join|play) [an|a|the] (swordm*|mage|magician|archer*|thief|merchant*|acolyte*|knight*|crusader*|wizard*|sage|hunter*|bard*|dancer*|assassin*|rogue*|blacksmith*|alchemist*|priest*|monk*|novice); how * become [a|an] *; (swordm*|mage|mages|archer*|acolyte*|knight*|crusader*|wizard*|hunter*|bard|bards|dancer*|assassin*|rogue|rogues|alchemist*|priest*|monk|monks|super novice*|taekwon|ninja*|gunslinger*)
quest: (quest*|mission*|task|tasks|errand*|job for me|work for me|bounty); (give|have|got|need|any) * (quest*|mission*|task*|work|job|jobs|help with); can i help [you]; do you need (help|anything|something)
party: (party|parties|team up|group up|company); (find|join|make|need) * (party|group|team|friends); (come|go|travel|fight|hunt) with me; join me
guild: (guild|guilds|woe|war of emperium|siege|emperium); (create|make|found|join|start|find) * guild
storage: (storage|kafra|kafras|store my|deposit|warehouse|locker); (save point|save my|save here|where * save|how * save|respawn)
warp: (warp*|teleport*|travel*|transport*|fast way|fastest way|carriage|airship)
potion: (potion*|heal|healing|cure|medicine|herb*); (where|how) * (heal|potion*)
wing: (fly|butterfly) (wing|wings); (wing|wings)
card: (card|cards); (what|which|best|sell|buy) card*
refine: (refin*|upgrade*|elunium|oridecon|phracon|emveretarcon|hollgrehen|vurewell); (refin*|upgrade*|improve|repair|fix) * (weapon*|armor*|gear|sword|shield); (weapon*|armor*|gear|sword|shield) * (refin*|upgrade*)
weapon: (weapon*|sword|swords|blade|axe|axes|spear*|dagger*|mace*|bow|bows|katana|knife); (buy|make|forge|need|best|new) * (weapon*|sword|axe|spear|dagger|mace|bow)
armor: (armor*|armour*|shield*|helmet*|helm|mail|boots|gear|equip*|garment|hat|hats|headgear*)
pet: (pet|pets|tame|taming|egg|incubator|unripe apple*); (how|where|can) * (pet|tame|catch)
mount: (peco*|mount|mounts|ride|riding|horse*)
loot: (jellopy|loot*|fluff|clover|sticky mucus|shell|feather*|honey|royal jelly|starsand|trunk*|ore|ores|gem|gems|zargon)
buy: (buy|purchase|shop|shops|store|market|price*|cost*|cheap*|expensive|discount*); how much (is|are|does|do|for); (where|how|can) * (buy|shop|purchase); what (do|can) * buy
sell: (sell*|sold|vend*|trade|trading); (what|which|where|how) * (sell*|sold); (make|earn|get|need) * (money|zeny|rich); (money|zeny|rich|profit*)
room: (room|rooms|bed|beds|inn|sleep|stay|night); (stay|sleep) * (night|here); how much * (room|night|bed)
thief: (stole|stolen|steals) * (my|me|from); (thief|thieves|robber*|pickpocket*|crime*|criminal*|steal*|stole|stolen|robbed|prison|jail|arrest*|law|laws)
gods: (ragnarok|ymir|odin|loki|thor|freya|gods|god|myth*|legend*|lore|prophecy|valhalla|valkyrie)
demon: (demon*|devil*|satan|evil|dark lord)
danger: (danger*|safe|attack*|war|battle|threat*|invasion); is it safe
`;

const TABLE = toTable(ENGLISH_INTENTS);

/** The names of all intents; the same in every language. */
export const INTENT_NAMES: readonly string[] = [...TABLE.keys()];

const compiled = new Map<string, readonly Pattern[]>();

/** The patterns of an intent; undefined in a language that has none. */
export function intentPatterns(name: string, language: string): readonly Pattern[] | undefined {
  if (languageOf(language) !== languageOf('en')) return undefined;
  const known = compiled.get(name);
  if (known) return known;
  const patterns = (TABLE.get(name) ?? []).map((source) => compilePattern(source, languageOf(language)));
  compiled.set(name, patterns);
  return patterns;
}

function toTable(text: string): ReadonlyMap<string, readonly string[]> {
  const entries = text
    .trim()
    .split('\n')
    .map((entry) => entry.split(/:\s*(.*)/s));
  return new Map(
    entries.map(([name = '', sources = '']) => [
      name,
      sources.split(/;\s*/).filter((source) => source !== ''),
    ]),
  );
}
