import { describe, expect, it } from 'vitest';
import { estimateTokens } from './estimate.ts';

/** A text, and the most tokens that one of seven tokenizers made of it: estimate.ts names them. */
const COUNTED: readonly (readonly [string, string, number])[] = [
  [
    'English',
    'You speak for one character in an online fantasy game and never leave this part. Beginners hunt Porings and Lunatics south of Prontera, then go to the culverts, Payon Cave, Orc Village, the Clock Tower and Glast Heim.',
    61,
  ],
  [
    'JSON',
    '{"player":{"name":"Ana","level":9,"class":"Novice"},"location":{"map":"prontera","x":150,"y":180},"options":[{"number":1,"text":"Tell me more"},{"number":2,"text":"Goodbye"}],"says":"Hello!"}',
    74,
  ],
  [
    'German',
    'Guten Morgen, alter Freund! Gestern haben mich drei Wölfe durch den ganzen Wald gejagt, und ich habe meine Ausrüstung verloren. Wo finde ich die Magiergilde?',
    53,
  ],
  [
    'Spanish',
    '¿Dónde puedo encontrar el gremio de los magos? Ayer tres lobos me persiguieron por todo el bosque y perdí mi espada.',
    38,
  ],
  [
    'Indonesian',
    'Di mana saya bisa menemukan serikat penyihir? Kemarin tiga serigala mengejar saya melalui hutan dan saya kehilangan pedang saya.',
    51,
  ],
  [
    'Polish',
    'Gdzie znajdę gildię magów? Wczoraj trzy wilki goniły mnie przez cały las i straciłem swój miecz.',
    41,
  ],
  [
    'Russian',
    'Где мне найти гильдию магов? Вчера три волка гнались за мной через весь лес, и я потерял свой меч.',
    50,
  ],
  ['Arabic', 'أين يمكنني أن أجد نقابة السحرة؟ بالأمس طاردتني ثلاثة ذئاب عبر الغابة بأكملها وفقدت سيفي.', 84],
  [
    'Japanese',
    '魔法使いのギルドはどこにありますか？昨日、三匹の狼に森中を追いかけられて、剣を失くしてしまいました。',
    60,
  ],
  ['Chinese', '我在哪里可以找到法师公会？昨天三只狼在整个森林里追我，我丢失了我的剑。', 53],
  ['Thai', 'ฉันจะหากิลด์นักเวทย์ได้ที่ไหน เมื่อวานหมาป่าสามตัวไล่ตามฉันไปทั่วป่าและฉันทำดาบหาย', 88],
  ['emoji', '😀🎉🐺🗡️🔥✨😂👍🏽🇩🇪', 44],
];
/** With all tokenizers but the one of Llama 2, which has few tokens for either. */
const COUNTED_WITHOUT_LLAMA_2: readonly (readonly [string, string, number])[] = [
  [
    'Korean',
    '마법사 길드는 어디에서 찾을 수 있나요? 어제 늑대 세 마리가 숲 전체에서 저를 쫓아왔고 저는 검을 잃어버렸습니다.',
    76,
  ],
  [
    'Vietnamese',
    'Tôi có thể tìm thấy hội pháp sư ở đâu? Hôm qua ba con sói đã đuổi tôi khắp rừng và tôi đã mất thanh kiếm của mình.',
    62,
  ],
];

describe('estimateTokens', () => {
  it.each([...COUNTED, ...COUNTED_WITHOUT_LLAMA_2])(
    'is no less than tokenizers make of %s, and no more than twice that',
    (_, text, tokens) => {
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokens);
      expect(estimateTokens(text)).toBeLessThanOrEqual(2 * tokens);
    },
  );

  it('grows with the text, and is nothing for none', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('word '.repeat(1_000))).toBeGreaterThan(1_000);
  });
});
