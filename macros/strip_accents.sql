{#- Letters without their accents: Müller becomes Muller. What has no letter of a to z under its accent may stay as it is. -#}
{% macro strip_accents(text) -%} {{ return(adapter.dispatch('strip_accents')(text)) }} {%- endmacro %}

{% macro default__strip_accents(text) -%} strip_accents({{ text }}) {%- endmacro %}

{#- Accents that stand as signs of their own come last and have no counterpart, so TRANSLATE drops them. -#}
{% macro snowflake__strip_accents(text) -%}
  {%- set accented, plain = [], [] -%}
  {%- for letter, forms in accented_letters().items() -%}
    {%- do accented.append(forms) -%}
    {%- do plain.append(letter * (forms | length)) -%}
  {%- endfor -%}
  translate({{ text }}, '{{ accented | join }}{{ combining_accents() }}', '{{ plain | join }}')
{%- endmacro %}

{#- Every letter that Unicode takes apart into one of a to z and accents. -#}
{% macro accented_letters() -%}
  {{ return({
      'A': 'ÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶÅ',
      'a': 'àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ',
      'B': 'ḂḄḆ',
      'b': 'ḃḅḇ',
      'C': 'ÇĆĈĊČḈ',
      'c': 'çćĉċčḉ',
      'D': 'ĎḊḌḎḐḒ',
      'd': 'ďḋḍḏḑḓ',
      'E': 'ÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ',
      'e': 'èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ',
      'F': 'Ḟ',
      'f': 'ḟ',
      'G': 'ĜĞĠĢǦǴḠ',
      'g': 'ĝğġģǧǵḡ',
      'H': 'ĤȞḢḤḦḨḪ',
      'h': 'ĥȟḣḥḧḩḫẖ',
      'I': 'ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ',
      'i': 'ìíîïĩīĭįǐȉȋḭḯỉị',
      'J': 'Ĵ',
      'j': 'ĵǰ',
      'K': 'ĶǨḰḲḴK',
      'k': 'ķǩḱḳḵ',
      'L': 'ĹĻĽḶḸḺḼ',
      'l': 'ĺļľḷḹḻḽ',
      'M': 'ḾṀṂ',
      'm': 'ḿṁṃ',
      'N': 'ÑŃŅŇǸṄṆṈṊ',
      'n': 'ñńņňǹṅṇṉṋ',
      'O': 'ÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ',
      'o': 'òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ',
      'P': 'ṔṖ',
      'p': 'ṕṗ',
      'R': 'ŔŖŘȐȒṘṚṜṞ',
      'r': 'ŕŗřȑȓṙṛṝṟ',
      'S': 'ŚŜŞŠȘṠṢṤṦṨ',
      's': 'śŝşšșṡṣṥṧṩ',
      'T': 'ŢŤȚṪṬṮṰ',
      't': 'ţťțṫṭṯṱẗ',
      'U': 'ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ',
      'u': 'ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự',
      'V': 'ṼṾ',
      'v': 'ṽṿ',
      'W': 'ŴẀẂẄẆẈ',
      'w': 'ŵẁẃẅẇẉẘ',
      'X': 'ẊẌ',
      'x': 'ẋẍ',
      'Y': 'ÝŶŸȲẎỲỴỶỸ',
      'y': 'ýÿŷȳẏẙỳỵỷỹ',
      'Z': 'ŹŻŽẐẒẔ',
      'z': 'źżžẑẓẕ',
  }) }}
{%- endmacro %}

{#- The block of combining accents, U+0300 to U+036F. -#}
{% macro combining_accents() -%}
  {{ return(
      '\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f' ~
      '\u0310\u0311\u0312\u0313\u0314\u0315\u0316\u0317\u0318\u0319\u031a\u031b\u031c\u031d\u031e\u031f' ~
      '\u0320\u0321\u0322\u0323\u0324\u0325\u0326\u0327\u0328\u0329\u032a\u032b\u032c\u032d\u032e\u032f' ~
      '\u0330\u0331\u0332\u0333\u0334\u0335\u0336\u0337\u0338\u0339\u033a\u033b\u033c\u033d\u033e\u033f' ~
      '\u0340\u0341\u0342\u0343\u0344\u0345\u0346\u0347\u0348\u0349\u034a\u034b\u034c\u034d\u034e\u034f' ~
      '\u0350\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358\u0359\u035a\u035b\u035c\u035d\u035e\u035f' ~
      '\u0360\u0361\u0362\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f'
  ) }}
{%- endmacro %}
