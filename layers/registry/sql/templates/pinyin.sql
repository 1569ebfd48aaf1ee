-- Of each character its first reading, without tones, as pypinyin {{ version }} gives it.
CREATE TABLE registry_pinyin ("character" text PRIMARY KEY, reading text NOT NULL);
