"""Names of the small pictures that WeCom and WeChat write as ``[微笑]``; in a text they are drawn, not read.

Left out on purpose are names that say something as words (红包, 發, 福): whoever writes them in brackets is read.
"""

_CHINESE = (
    "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 囧 抓狂"
    " 吐 偷笑 可爱 愉快 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 大兵 奋斗 咒骂 疑问 嘘 晕 疯了 折磨"
    " 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓"
    " 可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀"
    " 足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 NO OK 爱情"
    " 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 激动 乱舞 献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智"
    " 皱眉 耶 吃瓜 加油 汗 天啊 Emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩"
    " 裂开 庆祝 烟花 爆竹 无语 失望 生病 破涕为笑 脸红 恐惧 合十 鬼魂 强壮 笑脸 加班 汗颜 赞 收到"
    " 送花 心"
)
_ENGLISH = (
    "Smile Grimace Drool Scowl CoolGuy Sob Shy Silent Sleep Cry Awkward Angry Tongue Grin Surprise Frown Ruthless"
    " Blush Scream Puke Chuckle Joyful Slight Smug Hungry Drowsy Panic Sweat Laugh Commando Determined Scold"
    " Shocked Shhh Dizzy Tormented Toasted Skull Hammer Wave Speechless NosePick Clap Shame Trick Yawn Shrunken"
    " Sly Kiss Wrath Whimper Cleaver Watermelon Beer Basketball PingPong Coffee Rice Pig Rose Wilt Lips Heart"
    " BrokenHeart Cake Lightning Bomb Dagger Soccer Ladybug Poop Moon Sun Gift Hug ThumbsUp ThumbsDown Shake Peace"
    " Fight Beckon Fist Pinky RockOn InLove Blowkiss Waddle Tremble Twirl Kotow Dramatic JumpRope Surrender Hooray"
    " Meditate Smooch Hey Facepalm Smirk Smart Concerned Yeah! Onlooker GoForIt Sweats OMG Respect Doge NoProb"
    " MyBad Wow Boring Awesome LetMeSee Sigh Hurt Broken Party Fireworks Firecracker"
)
NAMES = frozenset(f"{_CHINESE} {_ENGLISH}".split())
