"""The English campaign: an outdoor clothing brand launches its autumn line. Values only; money in USD."""

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
        id="google-search", cpm=42.0, iroas=3.2, base_share=0.25, carry_over=0.12, half_point=1.5, slope=1.0,
        visit_rate=0.88, bounce_rate=0.42, cvr=0.036, aov=74.0, new_share=0.52,
        units=(
            Unit(name="Brand - Search", impressions=0.11, clicks=0.29, conversions=0.45, spend=0.13),
            Unit(name="Generic - Rain jackets", impressions=0.56, clicks=0.50, conversions=0.43, spend=0.56),
            Unit(name="Generic - Layers, wool", impressions=0.33, clicks=0.21, conversions=0.12, spend=0.31,
                 paused=("2026-08-24", "2026-08-26")),
        ),
    ),
    ChannelSpec(
        id="google-display", cpm=3.4, iroas=0.85, base_share=0.06, carry_over=0.4, half_point=1.1, slope=1.1,
        visit_rate=0.70, bounce_rate=0.68, cvr=0.008, aov=69.0, new_share=0.80, view_through=1.2,
        delivery={"2026-10": 0.75},
        units=(
            Unit(name="Display - Outdoor audiences", impressions=0.70, clicks=0.64, conversions=0.42, spend=0.66),
            Unit(name="Display - Remarketing", impressions=0.30, clicks=0.36, conversions=0.58, spend=0.34),
        ),
    ),
    ChannelSpec(
        id="meta-social", cpm=14.5, iroas=2.6, base_share=0.08, carry_over=0.3, half_point=1.2, slope=1.1,
        visit_rate=0.78, bounce_rate=0.58, cvr=0.028, aov=71.0, new_share=0.72, view_through=0.5,
        units=(
            Unit(name="Prospecting - Broad", impressions=0.62, clicks=0.56, conversions=0.40, spend=0.58),
            Unit(name="Retargeting - 30 days", impressions=0.17, clicks=0.24, conversions=0.46, spend=0.20),
            Unit(name="Lookalike, buyers 1%", impressions=0.21, clicks=0.20, conversions=0.14, spend=0.22),
        ),
    ),
    ChannelSpec(
        id="email", cpm=5.5, iroas=11.0, base_share=0.5, carry_over=0.2, half_point=1.6, slope=1.0,
        visit_rate=0.95, bounce_rate=0.34, cvr=0.041, aov=76.0, new_share=0.08, engagement_rate=0.26, paid=False,
    ),
    ChannelSpec(
        id="affiliates", cpm=11.0, iroas=3.0, base_share=0.15, carry_over=0.15, half_point=1.4, slope=1.0,
        visit_rate=0.85, bounce_rate=0.54, cvr=0.024, aov=67.0, new_share=0.64, engagement_rate=0.006,
        gone_on=("2026-10", 21),
    ),
    ChannelSpec(
        id="creators", cpm=17.0, iroas=2.9, base_share=0.08, carry_over=0.45, half_point=1.2, slope=1.2,
        visit_rate=0.80, bounce_rate=0.51, cvr=0.022, aov=78.0, new_share=0.75, engagement_rate=0.044,
    ),
)  # fmt: skip

EVENTS = (
    Event(id="creator-hit", kind="spike", channel="creators", first="2026-08-29", last="2026-08-29",
          factors={"demand": 2.3, "visits": 2.3}),
    Event(id="display-disapproved", kind="outage", channel="google-display", first="2026-09-02", last="2026-09-03",
          factors={"spend": 0.02, "visits": 0.08}),
    Event(id="meta-pixel", kind="tracking_loss", channel="meta-social", first="2026-09-09", last="2026-09-10",
          factors={"tracking": 0.04}),
    Event(id="email-blocked", kind="drop", channel="email", first="2026-09-16", last="2026-09-16",
          factors={"demand": 0.3}),
    Event(id="display-bots", kind="bot_clicks", channel="google-display", first="2026-09-19", last="2026-09-19",
          factors={"clicks": 2.2}),
    Event(id="meta-fatigue", kind="mild", channel="meta-social", first="2026-09-24", last="2026-09-26",
          factors={"visits": 0.72}),
    Event(id="search-budget-cap", kind="budget_cap", channel="google-search", first="2026-10-02", last="2026-10-02",
          factors={"spend": 0.45, "visits": 0.55}),
    Event(id="email-spam-folder", kind="drop", channel="email", first="2026-10-07", last="2026-10-07",
          factors={"demand": 0.3}),
    Event(id="search-tag", kind="tracking_loss", channel="google-search", first="2026-10-15", last="2026-10-16",
          factors={"tracking": 0.03}),
    Event(id="creator-story", kind="spike", channel="creators", first="2026-10-20", last="2026-10-20",
          factors={"demand": 2.2, "visits": 2.2}),
    Event(id="search-bots", kind="bot_clicks", channel="google-search", first="2026-10-22", last="2026-10-22",
          factors={"clicks": 2.0}),
    Event(id="display-mild", kind="mild", channel="google-display", first="2026-10-27", last="2026-10-29",
          factors={"visits": 0.7}),
    Event(id="checkout-bug", kind="cvr_drop", channel="google-search", first="2026-10-12", last="2026-10-31",
          factors={"cvr": 0.82}, truth=15),
    Event(id="social-cpm", kind="cpm_rise", channel="meta-social", first="2026-10-01", last="2026-10-31",
          factors={"cpm": 1.2}, truth=15),
    Event(id="creators-distractor", kind="distractor", channel="creators", first="2026-10-01", last="2026-10-31",
          factors={"cvr": 0.98}, truth=15),
)  # fmt: skip

OUTAGES = (
    Outage(page="checkout", start="2026-09-13 18:00", minutes=180),
    Outage(page="landing", start="2026-10-09 11:30", minutes=150),
    Outage(page="checkout", start="2026-10-24 20:00", minutes=120),
)

PERSONAS = (
    Persona(
        id="bargain hunters", share=0.33,
        answers={"q_price": 4.7, "q_quality": 3.1, "q_novelty": 2.2, "q_social": 2.0, "q_convenience": 4.0, "q_trust": 3.0,
                 "q_brand": 1.8, "q_eco": 2.1},
        demographics={"age_band": {"18-24": 0.20, "25-34": 0.25, "35-44": 0.30, "45+": 0.25},
                      "gender": {"female": 0.52, "male": 0.46, "other": 0.02},
                      "region": {"urban": 0.28, "suburban": 0.44, "rural": 0.28},
                      "income_band": {"under 40k": 0.56, "40k-80k": 0.36, "over 80k": 0.08}},
        media={"search": 0.66, "social": 0.44, "email": 0.58, "creators": 0.16}),
    Persona(
        id="quality seekers", share=0.29,
        answers={"q_price": 1.9, "q_quality": 4.8, "q_novelty": 2.9, "q_social": 2.2, "q_convenience": 3.0, "q_trust": 4.4,
                 "q_brand": 4.3, "q_eco": 3.4},
        demographics={"age_band": {"18-24": 0.04, "25-34": 0.24, "35-44": 0.42, "45+": 0.30},
                      "gender": {"female": 0.44, "male": 0.55, "other": 0.01},
                      "region": {"urban": 0.46, "suburban": 0.42, "rural": 0.12},
                      "income_band": {"under 40k": 0.07, "40k-80k": 0.35, "over 80k": 0.58}},
        media={"search": 0.58, "social": 0.24, "email": 0.62, "creators": 0.22}),
    Persona(
        id="trend followers", share=0.23,
        answers={"q_price": 3.0, "q_quality": 3.0, "q_novelty": 4.8, "q_social": 4.7, "q_convenience": 3.1, "q_trust": 2.4,
                 "q_brand": 3.5, "q_eco": 2.7},
        demographics={"age_band": {"18-24": 0.60, "25-34": 0.33, "35-44": 0.05, "45+": 0.02},
                      "gender": {"female": 0.66, "male": 0.30, "other": 0.04},
                      "region": {"urban": 0.62, "suburban": 0.30, "rural": 0.08},
                      "income_band": {"under 40k": 0.60, "40k-80k": 0.31, "over 80k": 0.09}},
        media={"search": 0.28, "social": 0.82, "email": 0.20, "creators": 0.78}),
    Persona(
        id="outdoor purists", share=0.15,
        answers={"q_price": 2.8, "q_quality": 4.0, "q_novelty": 2.2, "q_social": 3.2, "q_convenience": 1.9, "q_trust": 4.3,
                 "q_brand": 2.1, "q_eco": 4.9},
        demographics={"age_band": {"18-24": 0.08, "25-34": 0.50, "35-44": 0.32, "45+": 0.10},
                      "gender": {"female": 0.48, "male": 0.50, "other": 0.02},
                      "region": {"urban": 0.22, "suburban": 0.30, "rural": 0.48},
                      "income_band": {"under 40k": 0.22, "40k-80k": 0.52, "over 80k": 0.26}},
        media={"search": 0.48, "social": 0.34, "email": 0.50, "creators": 0.52}),
)  # fmt: skip

CONTENT = ContentSpec(
    owners=(
        Owner(id="s03", channels=("email",), pieces=12, late=1, missing=0),
        Owner(id="s04", channels=("meta-social", "creators"), pieces=20, late=7, missing=2),
        Owner(id="s05", channels=("affiliates", "email"), pieces=10, late=2, missing=1),
    ),
    formats={"email": "e-mail", "meta-social": "video", "creators": "video", "affiliates": "article"},
    plain={
        "how it is made": (
            ("The seam nobody sees", "After nineteen years of rain jackets our cutter explains why a seam moved."),
            ("From fleece to yarn in eleven steps", "A walk through the mill that spins our wool, on a wet Tuesday morning."),
        ),
        "on the trail": (
            ("Four days in the rain on the coast path", "What our testers wore, what stayed dry, and what they would leave at home."),
            ("A first overnight trip with children", "A packing list for two adults and two small people, after three wet trips."),
        ),
        "care and repair": (
            ("How to wash a rain jacket", "Warm water, no softener, a long rinse. The steps that keep water beading for another year."),
            ("Mend a torn sleeve in twenty minutes", "A needle, a patch and a table lamp. Our repair desk shows each stitch."),
        ),
        "choosing": (
            ("Which layer for which weather", "A chart of three temperatures and two kinds of rain, and what to wear in each."),
            ("Wool or synthetic?", "Both dry, both warm, both wear out. An honest comparison after two seasons of use."),
        ),
    },
    hard_sell=(
        ("LAST CHANCE! Lowest price ever", "Buy now! Lowest price ever, guaranteed. Act now before it is gone, last chance!"),
        ("Hurry, selling out fast", "Act now! Selling out fast, don't miss out, once in a lifetime prices. Buy now!"),
        ("You would be crazy to miss this", "Don't miss out! Lowest price ever for today only. Last chance, buy now!"),
    ),
    hard_sell_pieces=4,
    personas=("bargain hunters", "quality seekers", "trend followers", "outdoor purists"),
)  # fmt: skip

SCENE = Scene(
    campaign="autumn-launch",
    channels=CHANNELS,
    weekday=(0.98, 1.00, 1.01, 1.00, 0.95, 0.99, 1.07),
    growth=0.08,
    ramp_on="2026-10-01",
    ramp=0.06,
    hours=(1.8, 1.0, 0.6, 0.4, 0.4, 0.6, 1.4, 2.6, 3.8, 4.8, 5.4, 5.8, 6.2, 5.8, 5.2, 5.0, 5.0, 5.2, 5.8, 6.8, 8.0, 8.2,
           6.2, 4.0),
    earlier_orders=95.0,
    events=EVENTS,
    outages=OUTAGES,
    content=CONTENT,
    personas=PERSONAS,
    people=1200,
    series=(
        Series(id="category-search", unit="index", source="search trends (simulated)", level=62.0, growth=0.09, swing=0.22,
               peak_week=44, noise=0.04),
        Series(id="category-sales", unit="thousand USD", source="trade panel (simulated)", level=1450.0, growth=0.05,
               swing=0.28, peak_week=46, noise=0.04, step_on="2026-04-06", step=-0.14),
        Series(id="fabric-price", unit="index", source="commodity exchange (simulated)", level=104.0, growth=0.0, swing=0.0,
               peak_week=1, noise=0.02),
    ),
    rivals=(
        Rival(brand="Fernvale", mentions=240.0, searches=3900.0, price_index=106.0, spend=38000.0),
        Rival(brand="Rival A", mentions=430.0, searches=7200.0, price_index=99.0, spend=76000.0, cut_on="2026-09-07",
              price_cut=0.10, mentions_rise=0.5),
        Rival(brand="Rival B", mentions=210.0, searches=3600.0, price_index=112.0, spend=30000.0),
        Rival(brand="Rival C", mentions=120.0, searches=1900.0, price_index=83.0, spend=12000.0),
    ),
    causal={"google-search": 0.09, "google-display": 0.008, "meta-social": 0.05, "email": 0.06, "affiliates": 0.02,
            "creators": 0.045},
    exposure={"google-search": 0.38, "google-display": 0.60, "meta-social": 0.42, "email": 0.28, "affiliates": 0.15,
              "creators": 0.18},
    users=8000,
    trials=(
        Trial(id="guest-checkout", kind="lift", units=11000, base=(0.38, 0.45), lift=0.09, treated=(0.5, 0.5), mobile=0.66,
              value=72.0),
        Trial(id="headline-font", kind="null", units=6400, base=(0.38, 0.45), lift=0.0, treated=(0.5, 0.5), mobile=0.66,
              value=72.0),
        Trial(id="free-shipping-bar", kind="srm", units=15000, base=(0.22, 0.28), lift=0.03, treated=(0.52, 0.52), mobile=0.66,
              value=70.0),
        Trial(id="size-finder", kind="simpson", units=8000, base=(0.20, 0.40), lift=0.12, treated=(0.66, 0.34), mobile=0.5,
              value=71.0),
    ),
    rated={"s01": ("account_work", 3.4), "s02": ("account_work", 2.6), "s03": ("quality", 4.0), "s04": ("tone", 2.9),
           "s05": ("quality", 3.2), "s06": ("usefulness", 3.8), "s07": ("working_together", 3.5), "s09": ("leading_people", 3.6),
           "s08": ("tone", 3.1)},
    newest="s08",
    raters=("s09", "s07", "s06", "s01"),
)  # fmt: skip
