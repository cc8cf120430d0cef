"""Columns that the result tables of several stages share."""

from playbook.stages.shared.schema import ResultTable, column

MEASURE = column("measure", "name", "项目", "Measure", "what the row counts")
VALUE = column("value", "number", "数值", "Value", "in the unit of what the row measures")
KPI = column("kpi", "kpi", "指标", "KPI", "id of the KPI catalogue")
GOAL = column("goal", "name", "目标", "Goal", "id of the goal")
CHANNEL = column(
    "channel", "name", "渠道", "Channel", 'id of the channel; "(all)" for all together'
)
KIND = column("kind", "name", "渠道类型", "Kind of channel", "owned, partner, paid or kol")
OBJECT = column(
    "object", "name", "对象", "Concerns", "the goal, channel or other thing that the row is about"
)
OWNER = column("owner", "text", "负责人", "Owner", "who answers for it")
DATE = column("date", "day", "日期", "Day", "day of the campaign's time zone")
WEEK = column(
    "week", "day", "周（起始日）", "Week from", "Monday of the week, or the first day of the period"
)
MONTH = column("month", "period", "月份", "Month", "YYYY-MM")
DEADLINE = column("deadline", "day", "截止日", "Deadline", "last day of the goal")
FIRST_DAY = column("first_day", "day", "首日", "First day", "first day with a row")
LAST_DAY = column("last_day", "day", "末日", "Last day", "last day with a row")
DAYS = column("days", "days", "天数", "Days", "number of days")
TARGET = column("target", "number", "目标值", "Target", "what was agreed, in the KPI's unit")
ACTUAL = column(
    "actual",
    "number",
    "实际",
    "Actual",
    "what was reached, in the KPI's unit; missing where no table tells",
)
PREVIOUS = column(
    "previous",
    "number",
    "上期",
    "Last period",
    "the same in the period before; missing where it is not known",
)
BASELINE = column("baseline", "number", "基线", "Baseline", "where it started, in the KPI's unit")
FORECAST = column(
    "forecast",
    "number",
    "期末预计",
    "Expected at the deadline",
    "at the deadline at the present rate; the actual where it is over",
)
CHANGE = column(
    "change", "fraction", "变化", "Change", "this period over the one before, less 1", signed=True
)
GAP = column("gap", "number", "差距", "Gap", "actual less what was due", signed=True)
SHARE = column("share", "fraction", "占比", "Share", "part of the whole")
LOW = column("low", "number", "区间下限", "Interval from", "lower end of the interval")
HIGH = column("high", "number", "区间上限", "Interval to", "upper end of the interval")
PEOPLE = column("people", "count", "人数", "People", "number of people")
ROWS = column("rows", "count", "行数", "Rows", "number of rows")
BUDGET = column("budget", "money", "预算", "Budget", "money planned for the period")
PLANNED = column("planned", "count", "计划数", "Planned", "number of planned pieces")
PUBLISHED = column("published", "count", "已发布", "Published", "number of published pieces")
ON_TIME = column("on_time", "count", "按时数", "On time", "number of pieces published on time")
WEIGHT = column("weight", "number", "权重", "Weight", "how much it counts among others of its kind")
REASON = column("reason", "name", "原因", "Reason", "code of why")
STATE = column(
    "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
)

SHARED = ResultTable(
    name="shared",
    grain="Columns that several stages share",
    columns=(
        MEASURE,
        VALUE,
        KPI,
        GOAL,
        CHANNEL,
        KIND,
        OBJECT,
        OWNER,
        DATE,
        WEEK,
        MONTH,
        DEADLINE,
        FIRST_DAY,
        LAST_DAY,
        DAYS,
        TARGET,
        ACTUAL,
        PREVIOUS,
        BASELINE,
        FORECAST,
        CHANGE,
        GAP,
        SHARE,
        LOW,
        HIGH,
        PEOPLE,
        ROWS,
        BUDGET,
        PLANNED,
        PUBLISHED,
        ON_TIME,
        WEIGHT,
        REASON,
        STATE,
    ),
)
