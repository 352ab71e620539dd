/**
 * What models have an NPC do between its words, by its first words (word* is any ending), in the languages that are played. It tells
 * (sorri) from (ou quase), where both stand in brackets; the English ones are told by their endings.
 */
const CASED = `
sorri ri suspira acena pisca coça pensa olha tosse franze boceja aponta balança murmura gargalha encolhe inclina assente sorrindo rindo
sonríe sonrie ríe rie asiente guiña rasca mira tose frunce bosteza señala saluda reflexiona sonriendo riendo suspirando
sourit rit soupire hoche acquiesce regarde tousse fronce hausse bâille murmure réfléchit s'incline souriant riant
lächel* lacht seufz* nickt nickend zwinkert grinst grinsend kratzt hustet runzelt zuckt gähnt zeigt murmelt überlegt streicht hebt schaut blickt verbeugt
tersenyum tertawa menghela mengangguk menggaruk menatap batuk mengangkat menguap menunjuk berbisik berpikir membungkuk terkekeh
ngumi* nakangiti* ngiti tumawa* natatawa* tumango* nagbuntong* buntong-hininga kumindat* umubo* bumulong* yumuko* napangiti*
улыб* усмех* смеёт* смеет* хохоч* вздых* вздох* кива* кивн* подмиг* чешет почёс* почес* кашл* хмур* пожима* зева* указыва* шепч* бормоч* задум* кланя*
`;
const CASELESS = `
笑 ほほえ ため息 溜息 頷 うなず にっこり にやり 肩をすく 咳払い お辞儀 首をかし 首を振 首を傾 目を細 目を閉 腕を組 髭を 考え込 見つめ ウインク 手を振
嘆氣 叹气 點頭 点头 搖頭 摇头 眨眼 聳肩 耸肩 皺眉 皱眉 咳嗽 沉思 撫摸 抚摸 捋 揮手 挥手 鞠躬 低聲 低声
웃 미소 한숨 끄덕 고개를 윙크 으쓱 기침 갸웃 쓰다듬 속삭
ยิ้ม หัวเราะ ถอนหายใจ พยักหน้า ส่ายหน้า ส่ายหัว ขยิบตา ยักไหล่ ครุ่นคิด โค้งคำนับ กระซิบ ลูบ เกาหัว โบกมือ
`;

const WORDS = CASED.trim().split(/\s+/).join('|').replaceAll('*', "[\\p{L}'’-]*");
/** "sorri", "se ríe", "er nickt". */
const AT_A_WORD = new RegExp(`^(?:\\p{L}{1,3} )?(?:${WORDS})(?![\\p{L}\\p{M}])`, 'u');
const ANYWHERE = new RegExp(CASELESS.trim().split(/\s+/).join('|'), 'u');

/** Whether a bracket tells what somebody is seen to do, in another language than English. */
export function isGesture(inner: string): boolean {
  return AT_A_WORD.test(inner.trim()) || ANYWHERE.test(inner);
}
