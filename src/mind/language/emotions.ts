/** Every emotion that an answer may name, with its valence: -1 is the most unpleasant, 1 the most pleasant. */
export const EMOTIONS = {
  neutral: 0,
  calm: 0.3,
  happy: 0.8,
  amused: 0.6,
  proud: 0.6,
  grateful: 0.7,
  curious: 0.3,
  surprised: 0.1,
  sad: -0.6,
  annoyed: -0.4,
  angry: -0.8,
  afraid: -0.7,
  disgusted: -0.7,
} as const satisfies Record<string, number>;

export type Emotion = keyof typeof EMOTIONS;

/** The names as a list, for schemas. */
export const EMOTION_NAMES = Object.keys(EMOTIONS).filter((name): name is Emotion => name in EMOTIONS);

/** What words call up; where two have as many words, the one that stands first here: bad news goes first. */
export const CALLED_UP = [
  'afraid',
  'angry',
  'annoyed',
  'sad',
  'disgusted',
  'grateful',
  'happy',
  'amused',
  'proud',
  'surprised',
  'curious',
] as const satisfies readonly Emotion[];
