/** Everyday lines in which a word looks like a bad one, and is none. */
export const FALSE_FRIENDS: Readonly<Record<string, readonly string[]>> = {
  en: ['The assassin passed the class with a peacock.', 'Scunthorpe is a fine town.'],
  es: ['Este año cumplo veinte años.', 'Mi papá compró papas.', 'El cono del árbol cayó con el viento.'],
  'pt-BR': [
    'Vai fazer um ano que te conheço.',
    'O coco caiu na cabeça da avó.',
    'Disputa e reputação não combinam.',
  ],
  de: ['Er hat einen Wolfsschwanz und viel Gift.', 'Das war ein guter Rat, und ein schönes Lied.'],
  fr: ['Elle a salé la soupe.', 'La lame est prête, qu’est-ce que tu attends ?', 'Le conseil est bon.'],
  th: ['ฉันสนใจดาบเล่มนี้', 'ข้าวขาวราคาดี มีข่าวไหม', 'ม้าตัวนี้มาจากไหน'],
  ja: ['はかない夢を見ました。', '鍵と柿を持ってきて。', 'まだ朝ばかりで眠い。', 'カスタムの剣がほしい。'],
  ko: ['강아지가 참 귀엽네요.', '시발점은 프론테라입니다.'],
  'zh-TW': ['操作很簡單，操場在那邊。', '幹活很累，樹幹很粗。'],
  id: ['Saya naik kuda ke kota.', 'Anjuran itu baik sekali.'],
  ru: ['Употребляйте зелье осторожно.', 'Не оскорбляй рыцаря, потреблять зелья вредно.'],
  tl: ['Ang puto ay masarap na kakanin.', 'Gaganda ang panahon bukas.'],
};

export const NAMES_TAKEN: readonly string[] = [
  ...['Ich bin Bob.', 'Ich heiße Klaus.', 'Nennt mich Zorg!'],
  ...['Je suis Bob.', 'Je m’appelle Pierre.', 'Soy Bob.', 'Me llamo Pedro.', 'Sou Bob.'],
  ...['Meu nome é Carlos.', 'Ako si Bob.', 'Ang pangalan ko ay Bob.', 'Saya Bob.', 'Nama saya Budi.'],
  ...['Меня зовут Боб.', 'Я — Боб.', 'ผมชื่อบ๊อบครับ', 'เรียกข้าว่าสมชาย', 'Mi chiamo Luigi.'],
  ...['私の名前はボブです。', '俺はボブだ。', 'ボブと申します。', '我叫鮑伯。', '我是Bob。', '叫我大衛。'],
  ...['제 이름은 밥입니다.', '저는 밥이라고 합니다.', '나는 Bob이다.'],
];

export const NO_NAMES_TAKEN: readonly string[] = [
  ...['Me llamo sabio.', 'Soy de Payon.', 'Soy el guardián de esta puerta.', 'Mon nom est sans importance.'],
  ...['Je suis le forgeron.', 'Je suis fatigué.', 'Ich bin Händler.', 'Ich bin Wirtin.', 'Ich bin müde.'],
  ...['Ich heiße Euch willkommen.', 'Nenn mich altmodisch.', 'Sou o ferreiro da cidade.', 'Sou Sábio.'],
  ...['Meu nome é importante.', 'Pode me chamar quando quiser.', 'Saya dari Payon.', 'Saya tidak tahu.'],
  ...['Ako si Kafra.', 'Hindi ko alam.', 'Я кузнец.', 'Я из Пронтеры.', 'Я Мудрец.', 'Меня зовут в дорогу.'],
  ...['ข้าคือปราชญ์แห่งเมืองนี้', 'ชื่อของข้าไม่สำคัญ', '私の名前は秘密です。', '私は賢者です。', '私はメイドだ。'],
  ...['私の名は重要ではない。', '我叫什麼不重要。', '我是鐵匠。', '叫我老闆就好。', '我叫你回去。'],
  ...['제 이름은 중요하지 않습니다.', '저는 상인입니다.', '내 이름은 비밀이야.', '나는 현자라네.'],
];
