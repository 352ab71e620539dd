/** An answer as a model wrote it, and what of it the NPC says. */
export interface ModelAnswer {
  readonly wrote: string;
  /** The model was stopped before it had ended. */
  readonly cut?: boolean | undefined;
  readonly says: string;
}

/** Five in each language, by its code. */
export const MODEL_ANSWERS: Readonly<Record<string, readonly ModelAnswer[]>> = {
  en: [
    {
      wrote: 'Sage: (smiles) Welcome, traveller. What do you seek?',
      says: 'Welcome, traveller. What do you seek?',
    },
    { wrote: "Sure! Here's the sage's reply: The tower is in Geffen.", says: 'The tower is in Geffen.' },
    { wrote: 'As an AI, I have no home. The inn is by the gate.', says: 'The inn is by the gate.' },
    {
      wrote: '*nods* Ask Dr. Wise about it first. He knows the old roads, and he will',
      cut: true,
      says: 'Ask Dr. Wise about it first.',
    },
    {
      wrote: '[Guard] "Halt!" *raises his spear* The gate opens at dawn.',
      says: '"Halt!" The gate opens at dawn.',
    },
  ],
  'pt-BR': [
    { wrote: 'Sábio: *sorri* Olá, viajante. Sente-se um pouco.', says: 'Olá, viajante. Sente-se um pouco.' },
    { wrote: 'Claro! Aqui está a resposta: A torre fica em Geffen.', says: 'A torre fica em Geffen.' },
    {
      wrote: 'Como uma IA, não tenho casa. A pousada fica perto do portão.',
      says: 'A pousada fica perto do portão.',
    },
    {
      wrote: 'Pergunte ao Dr. Sábio primeiro. Ele conhece as estradas e ele',
      cut: true,
      says: 'Pergunte ao Dr. Sábio primeiro.',
    },
    { wrote: '(ri baixinho) A avó mora ao lado do avô. (suspira)', says: 'A avó mora ao lado do avô.' },
  ],
  es: [
    { wrote: 'Sabio: ¡Hola! ¿Qué buscas en Prontera?', says: '¡Hola! ¿Qué buscas en Prontera?' },
    {
      wrote: 'Como una IA, no tengo casa. La posada está junto a la puerta.',
      says: 'La posada está junto a la puerta.',
    },
    { wrote: '*sonríe con calma* El año pasado llovió mucho.', says: 'El año pasado llovió mucho.' },
    {
      wrote: 'Pregunta a la Sra. Marta en la plaza. Ella conoce el camino y te',
      cut: true,
      says: 'Pregunta a la Sra. Marta en la plaza.',
    },
    {
      wrote: '(asiente) Bien dicho. (se rasca la barbilla) Vuelve mañana.',
      says: 'Bien dicho. Vuelve mañana.',
    },
  ],
  th: [
    { wrote: 'ปราชญ์: (ยิ้ม) สวัสดีครับ ท่านนักเดินทาง', says: 'สวัสดีครับ ท่านนักเดินทาง' },
    { wrote: 'นี่คือคำตอบ: หอคอยอยู่ที่เกฟเฟน', says: 'หอคอยอยู่ที่เกฟเฟน' },
    { wrote: 'ในฐานะ AI ฉันไม่มีบ้าน\nโรงแรมอยู่ข้างประตูเมือง', says: 'โรงแรมอยู่ข้างประตูเมือง' },
    { wrote: 'ขอบคุณที่มาหาข้านะครับ น้ำพุอยู่ตรงกลางเมืองแล้วก็มีพ่อค้าที่ข', cut: true, says: 'ขอบคุณที่มาหาข้านะครับ' },
    { wrote: '【ผู้เฒ่า】 ข้าว ขาว และข่าว ไม่เหมือนกันหรอก *หัวเราะ*', says: 'ข้าว ขาว และข่าว ไม่เหมือนกันหรอก' },
  ],
  id: [
    { wrote: 'Pertapa: *tersenyum* Selamat datang, pengembara.', says: 'Selamat datang, pengembara.' },
    { wrote: '(mengangguk) Menaranya ada di Geffen.', says: 'Menaranya ada di Geffen.' },
    {
      wrote: 'Pilih senjata dan mode bertarungmu. Itu saja.',
      says: 'Pilih senjata dan mode bertarungmu. Itu saja.',
    },
    {
      wrote: 'Tanyakan dulu pada Bpk. Surya di alun-alun. Dia tahu jalan lama dan dia',
      cut: true,
      says: 'Tanyakan dulu pada Bpk. Surya di alun-alun.',
    },
    {
      wrote: 'Sebagai AI, saya tidak punya rumah. Penginapan ada di dekat gerbang.',
      says: 'Penginapan ada di dekat gerbang.',
    },
  ],
  ko: [
    { wrote: '보라: (웃으며) 어서 오세요. 무엇을 찾으세요?', says: '어서 오세요. 무엇을 찾으세요?' },
    { wrote: '【현자】 *한숨을 쉬며* 탑은 게펜에 있다네.', says: '탑은 게펜에 있다네.' },
    {
      wrote: '저는 인공지능이라서 집이 없습니다. 여관은 성문 옆에 있어요.',
      says: '여관은 성문 옆에 있어요.',
    },
    {
      wrote: '대장장이는 서쪽에 있네. 그 사람은 아주 오래된 검을',
      cut: true,
      says: '대장장이는 서쪽에 있네.',
    },
    { wrote: '강아지가 귀엽구나! (고개를 끄덕이며) 잘 돌봐 주게.', says: '강아지가 귀엽구나! 잘 돌봐 주게.' },
  ],
  ja: [
    { wrote: '賢者：（微笑む）こんにちは。旅の方、ようこそ。', says: 'こんにちは。旅の方、ようこそ。' },
    { wrote: '【賢者】塔はゲフェンにある。', says: '塔はゲフェンにある。' },
    { wrote: 'AIとして私は家を持ちません。宿屋は門のそばだ。', says: '宿屋は門のそばだ。' },
    { wrote: '鍛冶屋は西の通りだ｡古い剣のことなら、あの男がいち', cut: true, says: '鍛冶屋は西の通りだ｡' },
    {
      wrote: '「はかない夢だったな。」*ため息をつく*「だが、まだ終わりではない。」',
      says: '「はかない夢だったな。」 「だが、まだ終わりではない。」',
    },
  ],
  'zh-TW': [
    { wrote: '賢者：（微笑著）歡迎，旅人。你在找什麼？', says: '歡迎，旅人。你在找什麼？' },
    { wrote: '【賢者】高塔在吉芬。', says: '高塔在吉芬。' },
    { wrote: '作為AI，我沒有家。旅店在城門旁邊。', says: '旅店在城門旁邊。' },
    { wrote: '鐵匠在西邊的街上。他知道那把古老的劍在', cut: true, says: '鐵匠在西邊的街上。' },
    { wrote: '那麼⋯⋯*撫摸鬍鬚*你想學魔法嗎？', says: '那麼⋯⋯ 你想學魔法嗎？' },
  ],
  ru: [
    { wrote: 'Мудрец: *улыбается* Здравствуй, путник.', says: 'Здравствуй, путник.' },
    { wrote: '(кивает) Башня стоит в Геффене.', says: 'Башня стоит в Геффене.' },
    {
      wrote: 'Как искусственный интеллект, я не имею дома. Постоялый двор у ворот.',
      says: 'Постоялый двор у ворот.',
    },
    {
      wrote: 'Спроси кузнеца, т. е. Ивана, на площади. Он знает старые дороги и',
      cut: true,
      says: 'Спроси кузнеца, т. е. Ивана, на площади.',
    },
    { wrote: '«Стой!» (поднимает копьё) Ворота откроются утром.', says: '«Стой!» Ворота откроются утром.' },
  ],
  de: [
    { wrote: 'Weise: *lächelt* Willkommen, Wanderer.', says: 'Willkommen, Wanderer.' },
    { wrote: 'Als KI habe ich kein Zuhause. Das Gasthaus steht am Tor.', says: 'Das Gasthaus steht am Tor.' },
    {
      wrote: 'Siehe z. B. S. 12 im alten Buch. Dort steht alles, was du',
      cut: true,
      says: 'Siehe z. B. S. 12 im alten Buch.',
    },
    {
      wrote: '„Gift ist kein Geschenk.“ (nickt langsam) Merk dir das.',
      says: '„Gift ist kein Geschenk.“ Merk dir das.',
    },
    { wrote: '[Alter Mann] Der Turm steht in Geffen. (zwinkert)', says: 'Der Turm steht in Geffen.' },
  ],
  fr: [
    {
      wrote: 'Le Sage : Bienvenue, voyageur. Que cherches-tu ?',
      says: 'Bienvenue, voyageur. Que cherches-tu ?',
    },
    { wrote: '(sourit) La tour est à Geffen.', says: 'La tour est à Geffen.' },
    {
      wrote: "En tant qu'IA, je n'ai pas de maison. L'auberge est près de la porte.",
      says: "L'auberge est près de la porte.",
    },
    {
      wrote: 'Il a dit : « La lame est prête. » Elle attend à la forge, et',
      cut: true,
      says: 'Il a dit : « La lame est prête. »',
    },
    {
      wrote: '*hoche la tête* Qu’est-ce que tu veux ? Va, Mme. Rose t’attend.',
      says: 'Qu’est-ce que tu veux ? Va, Mme. Rose t’attend.',
    },
  ],
  tl: [
    {
      wrote: 'Pantas: *ngumiti* Maligayang pagdating, manlalakbay.',
      says: 'Maligayang pagdating, manlalakbay.',
    },
    { wrote: '(tumango) Nasa Geffen ang tore.', says: 'Nasa Geffen ang tore.' },
    {
      wrote: 'Bilang isang AI, wala akong bahay. Ang bahay-panuluyan ay nasa tabi ng tarangkahan.',
      says: 'Ang bahay-panuluyan ay nasa tabi ng tarangkahan.',
    },
    {
      wrote: 'Tanungin mo muna si Gng. Santos sa plasa. Alam niya ang daan at',
      cut: true,
      says: 'Tanungin mo muna si Gng. Santos sa plasa.',
    },
    { wrote: 'Sige na po. (natatawa) Bukas ka na bumalik.', says: 'Sige na po. Bukas ka na bumalik.' },
  ],
};
