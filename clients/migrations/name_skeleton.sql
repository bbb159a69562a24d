-- The folded form in which names are stored for search: Søren Åkjær = Soeren Aakjaer, Müller = Mueller.
-- It over-matches on purpose (Joel ~ Jol): a name missed costs more than one too many.
-- Immutable without a dictionary or a collation, so that it can feed a stored column; the Turkish
-- I, İ and ı are folded before lower(), whose answer for them depends on the server's locale.
create function name_skeleton(name text) returns text immutable strict parallel safe language sql as $$
  select trim(regexp_replace(
    replace(replace(replace(replace(replace(replace(replace(
      translate(
        replace(replace(replace(replace(lower(translate(normalize(name, nfc), 'İIı', 'iii')),
          'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'åäáàâãāăąéèêëēęěíìîïīóòôõöøōőúùûüūůűçćčşśšğģñńňłýÿžźżđðťřĺľ',
        'aaaaaaaaaeeeeeeeiiiiioooooooouuuuuuucccsssggnnnlyyzzzddtrll'),
      'aa', 'a'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ph', 'f'), 'ck', 'k'), 'th', 't'),
    '[^a-z0-9]+', ' ', 'g')) $$;
