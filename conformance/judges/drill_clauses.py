"""The checks that nothing but a drill tells: which drills bear on each, and who judges them."""

from collections.abc import Mapping
from types import MappingProxyType

from conformance.judges import (
    drill_attacks,
    drill_degree,
    drill_power,
    drill_switches,
    drill_times,
    drill_virus,
)
from conformance.judges.drill_run import Drill
from conformance.judges.drill_runs import About, every_drill
from conformance.judges.judgement import WholeJudge
from reports.verdict import Text

DISASTERS: Mapping[str, Text] = MappingProxyType(
    {
        "general": Text(en="drill of a general disaster", zh="一般性灾难演练"),
        "severe": Text(en="drill of a severe disaster", zh="严重性灾难演练"),
    }
)
_ATTACK = Text(en="drill of a marked attack that looks for it", zh="带标记攻击的演练")
_SET = Text(en="drill of a replayed attack set", zh="攻击集重放演练")
_POWER = Text(en="drill of a power cut", zh="断电演练")
_VIRUS = Text(en="drill that drops the test file", zh="投放测试病毒文件的演练")


def _plays(disaster: str) -> About:
    def about(drill: Drill) -> bool:
        return drill.disaster == disaster

    return about


def _counts_in(disaster: str) -> About:
    plays = _plays(disaster)

    def about(drill: Drill) -> bool:
        return plays(drill) and drill_degree.counts_orders(drill)

    return about


def _counting(what: Text) -> Text:
    return Text(en=f'{what.en} that counts orders (depth = "order")', zh=f'核对订单的{what.zh}（depth = "order"）')


def _switch(name: str) -> WholeJudge:
    of = drill_switches.SWITCHES[name]
    what = Text(en=f"disaster drill that looks for {of.en}", zh=f"考察{of.zh}的灾难演练")
    return every_drill(
        drill_switches.switched(name),
        about=drill_switches.looks_for(name),
        what=what,
        could=lambda drill: drill.disaster is not None,
    )


CLAUSES: Mapping[str, WholeJudge] = MappingProxyType(
    {
        **{f"SBT-3.1.1.4-dr-{name}": _switch(name) for name in drill_switches.SWITCHES},
        **{
            f"SBT-3.1.1.4.1-{name}": every_drill(drill_times.within_limit, about=_plays(name), what=what, counted=True)
            for name, what in DISASTERS.items()
        },
        **{
            f"SBT-3.1.1.4.2-{name}": every_drill(
                drill_degree.came_back, about=_counts_in(name), what=_counting(what), tells_less=drill_degree.tells_less
            )
            for name, what in DISASTERS.items()
        },
        **{
            f"SBT-3.1.2.4-{name}": every_drill(
                drill_attacks.noticed(name), about=drill_attacks.asks(name), what=_ATTACK, could=drill_attacks.attacks
            )
            for name in drill_attacks.SEEN
        },
        "SBT-3.1.2.4-prevent": every_drill(
            drill_attacks.kept_out,
            about=drill_attacks.replays_the_set,
            what=_SET,
            could=drill_attacks.sends_the_set,
        ),
        "SBT-3.1.3.4-physical-power": every_drill(
            drill_power.survives,
            about=drill_power.cuts_power,
            what=_POWER,
            supersedes=drill_power.clears,
            tells_less=drill_power.tells_less,
        ),
        "SBT-3.1.4.3-protect": every_drill(
            drill_virus.caught, about=drill_virus.drops_the_file, what=_VIRUS, untried=drill_virus.ways_untried
        ),
    }
)
