"""Source of the routing of positions to experts."""

MIXTURE = '''
def mixture(x, chosen, weights, experts):
    """Each position of x through the experts chosen for it; their outputs, multiplied with the weights, added up."""
    rows, chosen, weights = x.flatten(0, -2), chosen.flatten(0, -2), weights.flatten(0, -2)
    places, outputs = [], []
    for number, expert in enumerate(experts):
        place, rank = torch.where(chosen == number)
        places.append(place)
        outputs.append(expert(rows[place]) * weights[place, rank].unsqueeze(-1))
    outputs = torch.cat(outputs)
    result = outputs.new_zeros(rows.shape[0], outputs.shape[-1]).index_add(0, torch.cat(places), outputs)
    return result.unflatten(0, x.shape[:-1])
'''

BEST_GROUPS = '''
def in_best_groups(scores, groups, top, best=1):
    """The scores with those of all groups but `top` at minus infinity; a group ranks by the sum of its best scores."""
    grouped = scores.unflatten(-1, (groups, -1))
    ranks = grouped.topk(best, -1)[0].sum(-1)
    chosen = torch.zeros_like(ranks).scatter(-1, ranks.topk(top, -1)[1], 1.0)
    return grouped.masked_fill((chosen == 0).unsqueeze(-1), float("-inf")).flatten(-2)
'''
