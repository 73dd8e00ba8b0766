"""The words of CSV exports: headers, outcomes and directions in English and Chinese."""

from callcenter.acd.connectors.kinds import Direction, Outcome

HEADERS: dict[str, str] = {
    "source_key": (
        "contact id|call id|id|source key|unique id|uniqueid|call uuid|contactid|"
        "callid|conversation id|通话编号|通话id|呼叫编号|流水号"
    ),
    "queue": (
        "queue|queue name|skill|split|split skill|service|queue_name|skill name|"
        "队列|技能组|技能"
    ),
    "offered_at": (
        "offered at|offered|start time|enqueue time|queue time start|arrival|"
        "arrived at|arrival time|timestamp|call time|date time|datetime|start|"
        "started at|enqueued at|queued at|call start|进线时间|呼入时间|"
        "来电时间|入队时间|开始时间"
    ),
    "answered_at": (
        "answered at|answer time|answered|connect time|connected at|接听时间|应答时间"
    ),
    "ended_at": (
        "ended at|end time|end|hangup time|disconnect time|completed at|"
        "结束时间|挂机时间|挂断时间"
    ),
    "agent": (
        "agent|agent name|agent id|username|user|operator|坐席|座席|坐席工号|工号|客服"
    ),
    "outcome": ("outcome|result|status|disposition|call result|结果|状态|通话结果"),
    "wait_s": (
        "wait s|wait|wait time|queue time|waiting time|speed of answer|"
        "wait seconds|等待时长|排队时长|等待时间"
    ),
    "talk_s": (
        "talk s|talk|talk time|duration|service time|call duration|talk seconds|"
        "billsec|通话时长"
    ),
    "hold_s": ("hold s|hold|hold time|hold seconds|保持时长"),
    "wrap_s": (
        "wrap s|wrap|wrap time|acw|acw time|after call work|wrap up|wrap up time|"
        "wrap seconds|后处理时长|话后时长|整理时长"
    ),
    "transfers": ("transfers|transferred|n transfers|转接次数|转接"),
    "customer": (
        "customer|customer id|customer key|caller|caller id|ani|phone|from|客户|"
        "客户编号|客户号码|主叫号码"
    ),
    "channel": ("channel|media|media type|渠道"),
    "direction": ("direction|call direction|call type|呼叫方向|方向"),
}
"""Headers that tell a field, the most telling first, parted by ``|``."""

OUTCOMES: dict[Outcome, str] = {
    Outcome.ANSWERED: (
        "answered|handled|completed|agent|connected|transferred|yes|y|1|true|"
        "已接|已接听|接听|接通|已接通|接起|已应答|应答|成功|是"
    ),
    Outcome.ABANDONED: (
        "abandoned|abandon|hang|hangup|missed|no answer|unanswered|no|n|0|false|"
        "放弃|已放弃|未接|未接听|未接通|未应答|无应答|漏接|呼损|排队放弃|否"
    ),
    Outcome.TIMED_OUT: ("timeout|timed out|超时|排队超时"),
    Outcome.EXITED: ("exited"),
    Outcome.EMPTIED: ("emptied"),
    Outcome.FLOWED_OUT: ("overflow|overflowed|flowed out|溢出"),
    Outcome.LOST: ("lost"),
    Outcome.OPEN: ("open"),
}

DIRECTIONS: dict[Direction, str] = {
    Direction.INBOUND: "inbound|in|incoming|呼入",
    Direction.OUTBOUND: "outbound|out|outgoing|呼出",
}
