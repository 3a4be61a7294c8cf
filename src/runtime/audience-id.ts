import { ServiceError } from '../http/errors';
import type { Oro } from '../oro/client';
import { listMarketingLists } from '../oro/marketing-lists';
import { listSegments } from '../oro/segments';
import { listTags } from '../oro/tags';
import type { AudienceSettings } from './audience';

/**
 * The id of the list, segment or tag that a flow names: it may hold the name instead, so that one flow fits several shops.
 *
 * @throws ServiceError listNotFound when there is none of that name, or several
 */
export async function audienceId({ audience, listId }: AudienceSettings, oro: Oro, signal: AbortSignal): Promise<string> {
    const wanted = listId.trim();
    if (/^\d+$/.test(wanted)) return wanted;
    const known = await everything(audience, wanted, oro, signal);
    const named = known.filter(({ name }) => name.trim().toLowerCase() === wanted.toLowerCase());
    if (named.length === 1 && named[0] !== undefined) return named[0].id;
    throw new ServiceError(
        'oro',
        'listNotFound',
        named.length === 0
            ? `OroCommerce has no ${NAMES[audience]} named "${wanted}", or the user of the connection may not see it. Choose another one.`
            : `OroCommerce has several of the name "${wanted}". Choose one of them in the list reader, so that its number is used.`,
        { details: { list: wanted } },
    );
}

const NAMES: Readonly<Record<AudienceSettings['audience'], string>> = {
    list: 'marketing list',
    segment: 'segment',
    tag: 'tag',
    query: 'list',
};

function everything(
    audience: AudienceSettings['audience'],
    name: string,
    oro: Oro,
    signal: AbortSignal,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
    if (audience === 'segment') return listSegments(oro, signal);
    return audience === 'tag' ? listTags(oro, name, signal) : listMarketingLists(oro, signal);
}
