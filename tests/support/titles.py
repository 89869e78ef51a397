"""A study whose title, label and claim try to be something else than text."""

from __future__ import annotations

import json

TITLE = '<script>alert("title")</script> & "quotes" \'too\' =1+1 🎯 {{ 7 * 7 }}'
LABEL = "</script><img src=x onerror=alert(1)> | 50% _off_ <!-- 🎈"
CLAIM = '</style><svg onload=alert(2)> "helps" ]]>'
HOSTILE = f"""
name = "hostile"
title = {json.dumps(TITLE, ensure_ascii=False)}
question = "Is <b>this</b> text & nothing else?"
seeds = 4
[base.dataset]
kind = "circle"
[[variant]]
name = "baseline"
[[variant]]
name = "combined"
label = {json.dumps(LABEL, ensure_ascii=False)}
[variant.set]
"update.kind" = "combined"
[[claim]]
text = {json.dumps(CLAIM)}
from = "baseline"
to = "combined"
"""
