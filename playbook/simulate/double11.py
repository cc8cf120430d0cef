"""The Chinese campaign: a home fragrance brand on its way to Double 11. Values only; money in CNY."""

from playbook.simulate.scene import (
    ChannelSpec,
    ContentSpec,
    Event,
    Outage,
    Owner,
    Persona,
    Rival,
    Scene,
    Series,
    Trial,
    Unit,
)  # fmt: skip

CHANNELS = (
    ChannelSpec(
        id="baidu-search", cpm=105.0, iroas=3.4, base_share=0.25, carry_over=0.15, half_point=1.4, slope=1.0,
        visit_rate=0.86, bounce_rate=0.44, cvr=0.034, aov=268.0, new_share=0.55,
        units=(
            Unit(name="品牌词-通投", impressions=0.10, clicks=0.27, conversions=0.42, spend=0.14),
            Unit(name="行业词-长尾", impressions=0.62, clicks=0.55, conversions=0.48, spend=0.60),
            Unit(name="竞品词", impressions=0.28, clicks=0.18, conversions=0.10, spend=0.26,
                 paused=("2026-09-07", "2026-09-09")),
        ),
    ),
    ChannelSpec(
        id="ocean-feed", cpm=34.0, iroas=1.1, base_share=0.05, carry_over=0.35, half_point=1.1, slope=1.1,
        visit_rate=0.76, bounce_rate=0.63, cvr=0.012, aov=242.0, new_share=0.78, view_through=0.9,
        units=(
            Unit(name="项目-新客-短视频", impressions=0.58, clicks=0.55, conversions=0.44, spend=0.56),
            Unit(name="项目-再营销-图文", impressions=0.16, clicks=0.22, conversions=0.38, spend=0.18),
            Unit(name="项目-达人素材", impressions=0.26, clicks=0.23, conversions=0.18, spend=0.26),
        ),
    ),
    ChannelSpec(
        id="wechat-official", cpm=21.0, iroas=9.0, base_share=0.55, carry_over=0.3, half_point=1.5, slope=1.0,
        visit_rate=0.93, bounce_rate=0.38, cvr=0.038, aov=255.0, new_share=0.22, engagement_rate=0.041, paid=False,
    ),
    ChannelSpec(
        id="kol-beauty", cpm=46.0, iroas=3.1, base_share=0.08, carry_over=0.45, half_point=1.2, slope=1.2,
        visit_rate=0.82, bounce_rate=0.52, cvr=0.021, aov=276.0, new_share=0.74, engagement_rate=0.036,
    ),
    ChannelSpec(
        id="kol-home", cpm=52.0, iroas=2.9, base_share=0.08, carry_over=0.45, half_point=1.2, slope=1.2,
        visit_rate=0.82, bounce_rate=0.50, cvr=0.019, aov=284.0, new_share=0.72, engagement_rate=0.032,
        delivery={"2026-10": 0.75},
    ),
    ChannelSpec(
        id="partner-media", cpm=28.0, iroas=2.6, base_share=0.12, carry_over=0.25, half_point=1.3, slope=1.0,
        visit_rate=0.84, bounce_rate=0.55, cvr=0.022, aov=249.0, new_share=0.66, engagement_rate=0.008,
        gone_on=("2026-10", 21),
    ),
)  # fmt: skip

EVENTS = (
    Event(id="wechat-viral", kind="spike", channel="wechat-official", first="2026-08-27", last="2026-08-27",
          factors={"demand": 2.4}),
    Event(id="ocean-account-suspended", kind="outage", channel="ocean-feed", first="2026-09-03", last="2026-09-04",
          factors={"spend": 0.02, "visits": 0.08}),
    Event(id="baidu-bots", kind="bot_clicks", channel="baidu-search", first="2026-09-11", last="2026-09-11",
          factors={"clicks": 2.1}),
    Event(id="kol-beauty-post-removed", kind="drop", channel="kol-beauty", first="2026-09-15", last="2026-09-15",
          factors={"demand": 0.35, "visits": 0.35}),
    Event(id="baidu-pixel", kind="tracking_loss", channel="baidu-search", first="2026-09-22", last="2026-09-23",
          factors={"tracking": 0.04}),
    Event(id="ocean-fatigue", kind="mild", channel="ocean-feed", first="2026-09-25", last="2026-09-27",
          factors={"visits": 0.72}),
    Event(id="ocean-budget-cap", kind="budget_cap", channel="ocean-feed", first="2026-10-06", last="2026-10-06",
          factors={"spend": 0.45, "visits": 0.55}),
    Event(id="wechat-push-failed", kind="drop", channel="wechat-official", first="2026-10-08", last="2026-10-08",
          factors={"demand": 0.3}),
    Event(id="ocean-pixel", kind="tracking_loss", channel="ocean-feed", first="2026-10-14", last="2026-10-15",
          factors={"tracking": 0.03}),
    Event(id="kol-beauty-live", kind="spike", channel="kol-beauty", first="2026-10-18", last="2026-10-18",
          factors={"demand": 2.2, "visits": 2.2}),
    Event(id="ocean-bots", kind="bot_clicks", channel="ocean-feed", first="2026-10-23", last="2026-10-23",
          factors={"clicks": 2.0}),
    Event(id="kol-home-mild", kind="mild", channel="kol-home", first="2026-10-26", last="2026-10-28",
          factors={"visits": 0.7}),
    Event(id="checkout-bug", kind="cvr_drop", channel="baidu-search", first="2026-10-12", last="2026-10-31",
          factors={"cvr": 0.82}, truth=15),
    Event(id="feed-cpm", kind="cpm_rise", channel="ocean-feed", first="2026-10-01", last="2026-10-31",
          factors={"cpm": 1.2}, truth=15),
    Event(id="kol-home-distractor", kind="distractor", channel="kol-home", first="2026-10-01", last="2026-10-31",
          factors={"cvr": 0.98}, truth=15),
)  # fmt: skip

OUTAGES = (
    Outage(page="landing", start="2026-09-17 20:00", minutes=150),
    Outage(page="checkout", start="2026-10-10 19:30", minutes=210),
    Outage(page="landing", start="2026-10-24 12:00", minutes=120),
)

PERSONAS = (
    Persona(
        id="精打细算", share=0.34,
        answers={"q_price": 4.6, "q_quality": 3.2, "q_novelty": 2.1, "q_social": 2.2, "q_convenience": 3.9, "q_trust": 3.1,
                 "q_brand": 1.9, "q_eco": 2.2},
        demographics={"age_band": {"18-24": 0.18, "25-34": 0.27, "35-44": 0.34, "45+": 0.21},
                      "gender": {"女": 0.58, "男": 0.42},
                      "region": {"一线城市": 0.15, "二线城市": 0.35, "三线及以下": 0.50},
                      "income_band": {"8千以下": 0.55, "8千-1.5万": 0.35, "1.5万以上": 0.10}},
        media={"search": 0.62, "feed": 0.48, "wechat": 0.44, "kol": 0.20}),
    Persona(
        id="品质生活", share=0.28,
        answers={"q_price": 2.0, "q_quality": 4.7, "q_novelty": 3.0, "q_social": 2.4, "q_convenience": 3.1, "q_trust": 4.5,
                 "q_brand": 4.2, "q_eco": 3.6},
        demographics={"age_band": {"18-24": 0.05, "25-34": 0.30, "35-44": 0.42, "45+": 0.23},
                      "gender": {"女": 0.66, "男": 0.34},
                      "region": {"一线城市": 0.52, "二线城市": 0.34, "三线及以下": 0.14},
                      "income_band": {"8千以下": 0.08, "8千-1.5万": 0.34, "1.5万以上": 0.58}},
        media={"search": 0.50, "feed": 0.22, "wechat": 0.71, "kol": 0.30}),
    Persona(
        id="潮流种草", share=0.24,
        answers={"q_price": 3.1, "q_quality": 3.1, "q_novelty": 4.7, "q_social": 4.6, "q_convenience": 3.0, "q_trust": 2.4,
                 "q_brand": 3.4, "q_eco": 2.6},
        demographics={"age_band": {"18-24": 0.58, "25-34": 0.34, "35-44": 0.06, "45+": 0.02},
                      "gender": {"女": 0.77, "男": 0.23},
                      "region": {"一线城市": 0.35, "二线城市": 0.40, "三线及以下": 0.25},
                      "income_band": {"8千以下": 0.58, "8千-1.5万": 0.32, "1.5万以上": 0.10}},
        media={"search": 0.25, "feed": 0.74, "wechat": 0.38, "kol": 0.82}),
    Persona(
        id="安心环保", share=0.14,
        answers={"q_price": 2.8, "q_quality": 3.9, "q_novelty": 2.3, "q_social": 3.1, "q_convenience": 2.0, "q_trust": 4.2,
                 "q_brand": 2.2, "q_eco": 4.8},
        demographics={"age_band": {"18-24": 0.10, "25-34": 0.52, "35-44": 0.30, "45+": 0.08},
                      "gender": {"女": 0.82, "男": 0.18},
                      "region": {"一线城市": 0.44, "二线城市": 0.38, "三线及以下": 0.18},
                      "income_band": {"8千以下": 0.20, "8千-1.5万": 0.52, "1.5万以上": 0.28}},
        media={"search": 0.44, "feed": 0.30, "wechat": 0.64, "kol": 0.46}),
)  # fmt: skip

CONTENT = ContentSpec(
    owners=(
        Owner(id="s03", channels=("wechat-official",), pieces=18, late=2, missing=1),
        Owner(id="s04", channels=("kol-beauty", "kol-home"), pieces=14, late=5, missing=2),
        Owner(id="s05", channels=("partner-media", "wechat-official"), pieces=10, late=1, missing=0),
    ),
    formats={"wechat-official": "图文", "kol-beauty": "短视频", "kol-home": "短视频", "partner-media": "软文"},
    plain={
        "香气知识": (
            ("前调、中调、后调，闻的是什么", "一支香从点燃到熄灭会经历三个阶段。我们用三种常见的木质香，讲讲每个阶段该留意什么。"),
            ("为什么下雨天想闻木头的味道", "湿度会改变我们对气味的感受。这一篇聊聊雨天、回忆和雪松之间的关系。"),
        ),
        "居家灵感": (
            ("十平米的书房，怎样安静下来", "一张桌子、一盏灯、一支香。读者小林把她的角落拍给我们看，也写下了布置的过程。"),
            ("换季的衣柜，从气味开始整理", "夏衣收起来之前，先让柜子透气两天。附一份可以打印的整理清单。"),
        ),
        "用户故事": (
            ("她把外婆的院子，装进了一支蜡烛", "桂花、旧木门和雨后的青苔。调香师和读者一起花了四个月，把记忆还原成味道。"),
            ("值夜班的人，怎样结束一天", "三位夜班护士讲了她们回家后的半小时：关灯、洗手、点一支淡淡的香。"),
        ),
        "选购指南": (
            ("卧室和客厅，香薰怎么选", "面积、通风和燃烧时间，三个问题帮你排除一半选项。文末有对照表。"),
            ("第一次用扩香石，容易犯的三个错", "滴多少、放哪里、多久换一次，我们把客服收到最多的问题整理成一页。"),
        ),
    },
    hard_sell=(
        ("最后一天！全网最低价，错过后悔", "全网最低价，手慢无！立即抢购，今天不买就亏，最后一天别错过！"),
        ("史上最强优惠，闭眼入", "史上最强优惠来了！全场秒杀，闭眼入就对了，立即抢购，手慢无！"),
        ("疯抢中！库存告急", "疯抢中！库存告急，手慢无，全网最低价只有今天，立即抢购！"),
    ),
    hard_sell_pieces=5,
    personas=("精打细算", "品质生活", "潮流种草", "安心环保"),
)  # fmt: skip

SCENE = Scene(
    campaign="double11",
    channels=CHANNELS,
    weekday=(0.97, 0.94, 0.95, 0.97, 1.02, 1.10, 1.05),
    growth=0.06,
    ramp_on="2026-10-20",
    ramp=0.35,
    hours=(1.6, 0.8, 0.4, 0.3, 0.3, 0.5, 1.2, 2.4, 3.6, 4.8, 5.4, 5.2, 5.8, 5.2, 4.8, 4.7, 4.6, 4.4, 5.0, 6.4, 8.2, 9.0,
           7.2, 4.0),
    earlier_orders=85.0,
    events=EVENTS,
    outages=OUTAGES,
    content=CONTENT,
    personas=PERSONAS,
    people=1200,
    series=(
        Series(id="category-search", unit="指数", source="百度指数（模拟）", level=5200.0, growth=0.12, swing=0.16, peak_week=45,
               noise=0.035),
        Series(id="category-sales", unit="万元", source="行业报告（模拟）", level=860.0, growth=0.07, swing=0.24, peak_week=45,
               noise=0.04, step_on="2026-03-02", step=0.18),
        Series(id="consumer-confidence", unit="指数", source="统计机构（模拟）", level=88.0, growth=0.0, swing=0.0, peak_week=1,
               noise=0.02),
    ),
    rivals=(
        Rival(brand="沐屿", mentions=310.0, searches=5400.0, price_index=104.0, spend=180000.0),
        Rival(brand="竞品甲", mentions=520.0, searches=9100.0, price_index=98.0, spend=320000.0, cut_on="2026-09-14",
              price_cut=0.12, mentions_rise=0.45),
        Rival(brand="竞品乙", mentions=260.0, searches=4300.0, price_index=110.0, spend=140000.0),
        Rival(brand="竞品丙", mentions=150.0, searches=2600.0, price_index=88.0, spend=60000.0),
    ),
    causal={"baidu-search": 0.085, "ocean-feed": 0.012, "wechat-official": 0.055, "kol-beauty": 0.06, "kol-home": 0.035,
            "partner-media": 0.02},
    exposure={"baidu-search": 0.36, "ocean-feed": 0.55, "wechat-official": 0.30, "kol-beauty": 0.24, "kol-home": 0.16,
              "partner-media": 0.18},
    users=8000,
    trials=(
        Trial(id="short-checkout", kind="lift", units=11000, base=(0.40, 0.46), lift=0.085, treated=(0.5, 0.5), mobile=0.78,
              value=262.0),
        Trial(id="button-colour", kind="null", units=6000, base=(0.40, 0.46), lift=0.0, treated=(0.5, 0.5), mobile=0.78,
              value=262.0),
        Trial(id="gift-banner", kind="srm", units=15000, base=(0.24, 0.29), lift=0.03, treated=(0.52, 0.52), mobile=0.78,
              value=258.0),
        Trial(id="video-detail-page", kind="simpson", units=8000, base=(0.20, 0.40), lift=0.12, treated=(0.66, 0.34),
              mobile=0.5, value=265.0),
    ),
    rated={"s01": ("account_work", 3.2), "s02": ("account_work", 3.8), "s03": ("quality", 4.1), "s04": ("tone", 2.4),
           "s05": ("quality", 3.1), "s06": ("usefulness", 3.6), "s07": ("working_together", 3.4), "s09": ("leading_people", 3.6),
           "s08": ("tone", 3.0)},
    newest="s08",
    raters=("s09", "s07", "s06", "s01"),
)  # fmt: skip
