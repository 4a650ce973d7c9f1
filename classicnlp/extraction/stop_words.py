"""Words that say nothing of what a text is about.

Written down by kind for this project, in simplified script: words are folded before they are looked
up, so that traditional script, full width and capitals need no entries. Punctuation and numbers are
no words to begin with.
"""

from __future__ import annotations

KINDS = {
    "pronouns": """
        我 你 您 他 她 它 咱 俺 我们 你们 他们 她们 它们 咱们 俺们 您们 自己 自身 本身 自个儿 本人
        人家 别人 他人 旁人 大家 大伙 彼此 互相 相互 谁 谁人 其 之 此 彼 该 某 某些 某个 某种 某人
        各 各自 各个 各种 各位 各类 各项 每 每个 每种 每次 每当 任何 任何人 有的 有些 有人 有关
        一切 所有 全部 全体 其他 其它 其余 另 另外 另一 另一个 这 那 这个 那个 这些 那些 这样 那样
        这么 那么 这里 那里 这儿 那儿 这边 那边 这种 那种 这次 那次 这时 那时 这位 那位 这点 那点
        这一 那一 这是 那是 此次 此时 此处 此外 如此 什么 什么样 哪 哪个 哪些 哪里 哪儿 哪怕 哪种
        怎 怎么 怎样 怎么样 怎么办 为什么 为何 如何 多少 几 几个 几时 何 何时 何处 何种 何必 何况
        若干 诸多 诸 本 两者 前者 后者 其中 其一 其二 其次 他的 她的 我的 你的 它的
    """,
    "particles": """
        的 地 得 了 着 过 们 吗 呢 吧 啊 呀 哇 啦 嘛 么 嘞 呗 哦 噢 喔 哎 唉 嗨 嘿 哼 哈 哈哈 呵呵
        嗯 哟 喂 呃 罢了 而已 似的 一样 一般 般 来着 来说 来讲 来看 所 等 等等 云云 的话 之类 也好
        也罢 之 乎 者 也 矣 焉 哉 兮 第 初 老 阿
    """,
    "prepositions": """
        在 于 从 自 自从 由 由于 向 往 朝 朝着 到 至 至于 对 对于 关于 跟 和 同 与 及 以及 并 并且
        而 而且 把 将 被 给 让 叫 使 使得 令 用 以 按 按照 依 依照 依据 根据 据 凭 凭借 通过 经
        经过 随 随着 沿 沿着 趁 当 为 为了 为着 因 因为 比 比如 像 除 除了 除去 除非 除外 就 连
        连同 针对 鉴于 基于 本着 就是 较 较之 距 距离 离 替 冲 照 围绕 有关 作为 面对 面临 以免
        以便 以至 以致 以上 以下 以内 以外 以来 以前 以后 之前 之后 之间 之一 之中 之内 之外 之下
        之上 之际
    """,
    "conjunctions": """
        或 或者 或是 还是 要么 要不 要不然 不但 不仅 不只 不光 不单 不论 不管 无论 不如 不然 不过
        不料 但 但是 可 可是 然而 只是 只有 只要 只不过 虽 虽然 虽说 尽管 即使 即便 即 就算 纵然
        哪怕 倘若 倘 假如 假使 如果 如 若 若是 要是 万一 既 既然 既是 所以 因此 因而 从而 于是
        于是乎 故 故而 总之 总而言之 综上所述 换言之 换句话说 也就是说 例如 譬如 诸如 比方 此外
        再说 再者 况且 何况 反之 反而 相反 否则 与其 与此同时 同时 不但如此 首先 其次 再次 最后
        然后 接着 继而 进而 以及 乃至 甚至 甚而 甚至于 尤其 特别是 正如 正是 就此 由此 由此可见
        可见 据此 为此 对此 因为如此 那么 那末 不仅如此
    """,
    "adverbs": """
        不 没 没有 未 未必 别 勿 莫 非 无 毋 不要 不必 不用 不能 不会 不可 不得 不是 不同 不再
        不断 不少 不到 不止 不足 很 太 非常 十分 极 极其 极为 最 最为 更 更加 更为 越 越来越 越发
        愈 愈加 比较 较为 相当 颇 颇为 挺 蛮 稍 稍微 略 略微 有点 有些 几乎 差不多 大约 大概 大致
        约 左右 上下 多 少 都 全 皆 均 共 总 总共 一共 一同 一起 一道 一齐 共同 仅 仅仅 只 单 单单
        光 唯 唯独 惟 也 又 再 还 仍 仍然 仍旧 依然 依旧 还是 已 已经 曾 曾经 刚 刚刚 刚才 才 正
        正在 在于 将 将要 即将 快 快要 马上 立刻 立即 赶紧 赶快 顿时 忽然 突然 猛然 渐渐 逐渐 逐步
        日益 日渐 往往 常 常常 经常 时常 时时 通常 总是 一直 始终 从来 向来 历来 永远 一向 一再
        再三 屡 屡次 反复 偶尔 有时 有时候 随时 及时 按时 暂时 终于 到底 究竟 毕竟 果然 果真 居然
        竟 竟然 偏 偏偏 恰 恰好 恰恰 正好 幸亏 幸好 难道 岂 何尝 也许 或许 可能 恐怕 似乎 好像
        仿佛 大都 大多 大多数 多数 少数 其实 确实 的确 实在 真 真的 真正 当然 自然 固然 诚然 显然
        明显 必然 必定 一定 肯定 务必 必须 必 绝 绝对 千万 万万 尽量 尽可能 尽快 特别 特地 特意
        专门 专 亲自 亲身 独自 分别 各自 逐一 一一 相 互 互相 纷纷 继续 陆续 重新 重 一旦 一时
        一下 一下子 一边 一面 一方面 另一方面 一来 二来 先 先后 后 然后 随后 之后 以后 后来 原来
        本来 起初 起先 最初 当初 当时 那时 此时 现在 目前 如今 今 当今 现 至今 迄今 今后 将来 从此
        从前 以往 过去 就 便 遂 乃 则 却 倒 反 反倒 并非 并不 并没有 是否 能否 可否 与否 有无 好
        好不 多么 何等 够 足够 较多 较少 更多 许多 好多 很多 好些 一些 一点 一点儿 些 些许 大量
        多次 一次 再次 首次 初次 基本 基本上 主要 主要是 尤为 格外 分外 进一步 完全 全然 全都 彻底
        充分 广泛 大大 大力 极大 较大 较好 较高 较强 较低
    """,
    "verbs": """
        是 有 为 乃 即 系 属 属于 等于 具有 具备 拥有 含 含有 包含 包括 存在 位于 处于 能 能够
        可以 可 会 要 应 应该 应当 该 得 须 需 需要 必要 想 想要 愿 愿意 肯 敢 来 去 上 下 进 出
        回 起 起来 下来 下去 上来 上去 出来 出去 过来 过去 进来 进去 回来 回去 开始 说 道 讲 谈 问
        答 告诉 认为 以为 觉得 感到 看 看到 看见 看来 听 听到 见 知道 知 晓得 说明 表明 表示 指出
        提出 称 称为 叫做 叫作 所谓 成 成为 变成 作 作为 做 当作 当成 进行 加以 予以 给予 给以
        致使 导致 引起 造成 带来 产生 形成 出现 发生 得到 获得 取得 达到 达 受 受到 遭 遭到 使用
        采用 采取 利用 运用 应用于 进入 来自 出自 在于 鉴于 有助于 有利于 不利于 便于 用于 基于
        关系到 涉及 有关 相关 相应 相对 相同 相似 不同 类似 如下 如上 如同 有着 没 没法 无法
        不得不 不得已 不由得 了解 介绍 探讨 阐述 论述 综述 给出 给 起到 放 拿 弄 搞 办 干 打 去年
        今年 明年 请 让 旨在 试图 力图 致力于 从事 加 加上 看成 视为 可谓 堪称 无疑 无非 值得 得以
        足以 难以 易于 善于 勇于 乐于 敢于 忙于 限于 由来 据说 据悉 可以说 一般来说 总的来说
        具体来说
    """,
    "measures": """
        一 二 三 四 五 六 七 八 九 十 百 千 万 亿 零 〇 两 俩 仨 半 双 对 个 位 名 只 条 张 件 种
        类 项 次 回 遍 趟 场 阵 番 下 些 点 片 块 段 份 部 本 篇 页 章 节 句 字 行 列 排 套 批 群
        伙 帮 辆 台 架 艘 座 间 所 家 户 口 头 匹 根 支 枝 朵 颗 粒 滴 杯 碗 瓶 盒 包 袋 斤 公斤
        克 吨 米 公里 里 厘米 毫米 尺 寸 亩 平方米 元 角 分 秒 分钟 小时 天 日 周 月 年 岁 倍 度
        例 一个 两个 三个 一种 两种 三种 一位 一名 一条 一些 一样 第一 第二 第三 第四 第五 第六
        第七 第八 第九 第十 几十 几百 数十 数百 上述 下述 左 右 前 后 外 中 内 旁 上面 下面 里面
        外面 前面 后面 中间 旁边 方面 以内 以外 等方面 时 时候 期间 当中 其间 同样 同 该 现 甲 乙
        丙 丁
    """,
    "English": """
        a about after all also an and any are as at be because been before being between both but
        by can could did do does doing during each few for from further had has have having he her
        here hers him his how i if in into is it its just may me might more most must my no nor
        not of off on once one only or other our ours out over own per same shall she should so
        some such than that the their theirs them then there these they this those through to too
        two under until up upon us very was we were what when where which while who whom whose why
        will with within without would yet you your yours et al etc vs via ie eg
    """,
}

STOP_WORDS: frozenset[str] = frozenset(word for words in KINDS.values() for word in words.split())
"""The embedded list; ``STOP_WORDS | {"公司"}`` extends it, ``STOP_WORDS - {"方面"}`` cuts it."""
